import { type Attribute, toAttribute } from '../contract/run-item.ts';

/** Attributes and what they become. */
export type Values = Readonly<Record<string, string | number>>;

/** What an update does, in DynamoDB's terms. */
export interface Change {
  readonly expression: string;
  readonly names: Readonly<Record<string, string>>;
  /** By placeholder. */
  readonly values: Readonly<Record<string, Attribute>>;
}

/**
 * Those of a run item's attributes that DynamoDB reserves.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ReservedWords.html
 */
const RESERVED = new Set(['status', 'result', 'error']);

/** Only names that cannot stand in an expression get a placeholder: each one costs in every request. */
export function changeOf(set: Values, remove: readonly string[] = []): Change {
  const names: Record<string, string> = {};
  const values: Record<string, Attribute> = {};
  const inExpression = (name: string, word: string) => {
    if (word === name && !RESERVED.has(name)) return name;
    names[`#${word}`] = name;
    return `#${word}`;
  };
  const assignments = Object.entries(set).map(([name, value]) => {
    const word = wordFor(name);
    values[`:${word}`] = toAttribute(value);
    return `${inExpression(name, word)} = :${word}`;
  });
  const removals = remove.map(name => inExpression(name, name));
  const expression = `SET ${assignments.join(', ')}`;
  return {
    expression: removals.length > 0 ? `${expression} REMOVE ${removals.join(', ')}` : expression,
    names,
    values,
  };
}

/** A step's attribute may be called `step:charge-card`. */
const wordFor = (name: string) => (/\W/.test(name) ? name.replaceAll(/\W/g, '_') : name);

export function toValues(values: Values): Record<string, Attribute> {
  const attributes: Record<string, Attribute> = {};
  for (const [name, value] of Object.entries(values)) attributes[`:${name}`] = toAttribute(value);
  return attributes;
}
