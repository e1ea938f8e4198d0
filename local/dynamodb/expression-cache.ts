/** What dynalite's parsers read of a request beside the expression, and what they strike off as they meet it. */
export interface ParserContext {
  readonly attrNames?: Readonly<Record<string, string>> | undefined;
  readonly attrVals?: Readonly<Record<string, object>> | undefined;
  readonly unusedAttrNames: Record<string, true>;
  readonly unusedAttrVals: Record<string, true>;
}

export type Parse = (expression: string, options: { readonly context: ParserContext }) => unknown;

/** A program has a few dozen expressions; one that writes values into their text has any number. */
const MAX_ENTRIES = 500;

/** What is wrong with these depends on the values themselves. */
const READS_VALUES = /\b(between|attribute_type)\b/i;

interface Parsed {
  /** The tree, with a `Placeholder` where it holds a value of the request. */
  readonly template: unknown;
  readonly usedNames: readonly string[];
  readonly usedValues: readonly string[];
}

/**
 * Parses each expression once. dynalite's grammar tries every alternative of an expression over and over: with it, most
 * of the local engine's time went into parsing the same few texts. Its parsers put the request's own values into the
 * tree, and its operations change the tree as they evaluate it; so the tree is kept without the values, by the text,
 * the names and the types of the values, and each request gets one of its own.
 */
export function parseOnce(parse: Parse): Parse {
  const entries = new Map<string, Parsed>();
  return (expression, { context }) => {
    const { attrNames = {}, attrVals = {}, unusedAttrNames, unusedAttrVals } = context;
    if (READS_VALUES.test(expression)) return parse(expression, { context });
    const key = JSON.stringify([
      expression,
      attrNames,
      Object.entries(attrVals).map(([name, value]) => [name, Object.keys(value)]),
    ]);
    const parsed = entries.get(key) ?? parseAside(parse, expression, context);
    if (typeof parsed === 'string') return parsed;
    if (!entries.has(key)) keep(entries, key, parsed);
    for (const name of parsed.usedNames) delete unusedAttrNames[name];
    for (const name of parsed.usedValues) delete unusedAttrVals[name];
    return fill(parsed.template, attrVals);
  };
}

/**
 * @returns what is wrong with the expression, if something is
 * @throws whatever the parser throws
 */
function parseAside(parse: Parse, expression: string, context: ParserContext): Parsed | string {
  const { attrNames = {}, attrVals = {} } = context;
  const unusedAttrNames = allOf(attrNames);
  const unusedAttrVals = allOf(attrVals);
  const tree = parse(expression, { context: { ...context, unusedAttrNames, unusedAttrVals } });
  if (typeof tree === 'string') return tree;
  const nameOf = new Map(Object.entries(attrVals).map(([name, value]) => [value, name]));
  return {
    template: toTemplate(tree, nameOf),
    usedNames: Object.keys(attrNames).filter(name => !unusedAttrNames[name]),
    usedValues: Object.keys(attrVals).filter(name => !unusedAttrVals[name]),
  };
}

function allOf(names: object): Record<string, true> {
  return Object.fromEntries(Object.keys(names).map(name => [name, true]));
}

/** The oldest makes room. */
function keep(entries: Map<string, Parsed>, key: string, parsed: Parsed): void {
  const [oldest] = entries.keys();
  if (entries.size >= MAX_ENTRIES && oldest !== undefined) entries.delete(oldest);
  entries.set(key, parsed);
}

class Placeholder {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

function toTemplate(node: unknown, nameOf: ReadonlyMap<object, string>): unknown {
  if (typeof node !== 'object' || node === null) return node;
  const name = nameOf.get(node);
  return name === undefined ? copy(node, member => toTemplate(member, nameOf)) : new Placeholder(name);
}

function fill(node: unknown, values: Readonly<Record<string, object>>): unknown {
  if (typeof node !== 'object' || node === null) return node;
  return node instanceof Placeholder ? values[node.name] : copy(node, member => fill(member, values));
}

/** Some of dynalite's objects have attributes' names as keys, and no prototype for that. */
function copy(node: object, copyMember: (member: unknown) => unknown): object {
  if (Array.isArray(node)) return node.map(copyMember);
  const result: Record<string, unknown> = Object.create(Object.getPrototypeOf(node));
  for (const key of Object.keys(node)) result[key] = copyMember(Reflect.get(node, key));
  return result;
}
