/**
 * A value that the state machine knows when it runs: a path into what a step answered, or a JSONata expression. Its
 * type is that of the value, so that wiring a wrong one does not compile.
 */
export type Ref<T> = RefMark<T> &
  (T extends readonly unknown[]
    ? Items<T>
    : T extends object
      ? { readonly [Key in keyof T]-?: Ref<T[Key]> }
      : unknown);

/** A list's items by their index. What else a list has here (`length`, `map`), it has not in JSONata. */
type Items<T extends readonly unknown[]> = {
  readonly [Key in keyof T as Key extends number | `${number}` ? Key : never]-?: Ref<T[Key]>;
};

interface RefMark<T> {
  readonly [EXPRESSION]: string;
  readonly [FIELD]: Field;
  readonly [VALUE]?: T;
}

declare const VALUE: unique symbol;
const EXPRESSION = Symbol('JSONata expression');
const FIELD = Symbol('field');

/** The same as what it was taken from and how. */
interface Field {
  readonly root: string;
  readonly names: readonly string[];
}

/** JSON with references in it. */
export type Template<T> =
  | T
  | Ref<T>
  | (T extends readonly (infer Item)[]
      ? readonly Template<Item>[]
      : T extends object
        ? { readonly [Key in keyof T]: Template<T[Key]> }
        : never);

/** @param expression JSONata without its delimiters: `$states.input` */
export function refTo<T>(expression: string): Ref<T> {
  return fieldRef(expression, { root: expression, names: [] });
}

function fieldRef<T>(expression: string, field: Field): Ref<T> {
  const target: RefMark<T> = { [EXPRESSION]: expression, [FIELD]: field };
  return new Proxy(target, {
    get: (_, key) =>
      typeof key === 'symbol'
        ? Reflect.get(target, key)
        : fieldRef(partOf(expression, key), { ...field, names: [...field.names, key] }),
  }) as Ref<T>;
}

/** Of a list, a number is an item's; JSONata takes an object for a list of one, so that which it is must be asked. */
function partOf(expression: string, key: string): string {
  const part = `${expression}.${quoted(key)}`;
  return /^\d+$/.test(key) ? `($type(${expression}) = 'array' ? ${expression}[${key}] : ${part})` : part;
}

function quoted(name: string): string {
  return /^[a-zA-Z_]\w*$/.test(name) ? name : `\`${name}\``;
}

export function isRef(value: unknown): value is Ref<unknown> {
  return typeof value === 'object' && value !== null && Reflect.has(value, EXPRESSION);
}

export function expressionOf(ref: Ref<unknown>): string {
  return ref[EXPRESSION];
}

/** For what has another notation of fields than JSONata's. */
export function fieldOf(ref: Ref<unknown>): Field {
  return ref[FIELD];
}

/** The template as the state machine's definition has it: each reference as `{% … %}`. */
export function toDefinition(template: unknown): unknown {
  if (isRef(template)) return `{% ${expressionOf(template)} %}`;
  if (Array.isArray(template)) return template.map(toDefinition);
  if (typeof template !== 'object' || template === null) return template;
  return Object.fromEntries(Object.entries(template).map(([key, value]) => [key, toDefinition(value)]));
}

/** A template as one expression, for use within another. */
function asExpression(template: unknown): string {
  if (isRef(template)) return `(${expressionOf(template)})`;
  if (Array.isArray(template)) return `[${template.map(asItem).join(', ')}]`;
  if (typeof template !== 'object' || template === null) return JSON.stringify(template);
  const fields = Object.entries(template).filter(([, value]) => value !== undefined);
  return `{${fields.map(([key, value]) => `${JSON.stringify(key)}: ${asExpression(value)}`).join(', ')}}`;
}

/** JSONata puts the items of a list in the list's place, but for one that is written out within it. */
function asItem(template: unknown): string {
  const item = asExpression(template);
  return isRef(template) ? `($type(${item}) = 'array' ? [[${item}]] : ${item})` : item;
}

/**
 * Any JSONata expression; its type is yours to know.
 * https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html
 */
export function jsonata<T>(expression: string): Ref<T> {
  return refTo(expression);
}

export function equals<T>(left: Ref<T>, right: Template<T>): Ref<boolean> {
  return refTo(`${asExpression(left)} = ${asExpression(right)}`);
}

export function greaterThan(left: Ref<number>, right: Template<number>): Ref<boolean> {
  return refTo(`${asExpression(left)} > ${asExpression(right)}`);
}

export function lessThan(left: Ref<number>, right: Template<number>): Ref<boolean> {
  return refTo(`${asExpression(left)} < ${asExpression(right)}`);
}

/** Whether a field that may be missing is there. */
export function exists(ref: Ref<unknown>): Ref<boolean> {
  return refTo(`$exists(${expressionOf(ref)})`);
}

export function not(condition: Ref<boolean>): Ref<boolean> {
  return refTo(`$not${asExpression(condition)}`);
}

export function and(...conditions: readonly Ref<boolean>[]): Ref<boolean> {
  return refTo(conditions.map(asExpression).join(' and '));
}

export function or(...conditions: readonly Ref<boolean>[]): Ref<boolean> {
  return refTo(conditions.map(asExpression).join(' or '));
}
