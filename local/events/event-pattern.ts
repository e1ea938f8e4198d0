import { isJsonObject, type JsonObject } from '../json-value.ts';
import { isTogether, type Leaf, leavesOf, type Places, together } from './event-leaves.ts';
import { invalidPattern } from './invalid-pattern.ts';
import { compileMatcher, isOperator, type Matcher } from './pattern-matcher.ts';

/** Whether an event matches. */
export type EventPattern = (event: JsonObject) => boolean;

/** A field of a pattern: one of its matchers is enough. */
interface Field {
  readonly path: string;
  readonly matchers: readonly Matcher[];
}

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html#eb-filtering-complex-example-or */
const MAX_COMBINATIONS = 1000;

/**
 * A pattern as EventBridge documents it, and its own library matches it: of a list, one element is enough, and fields
 * of objects in a list match together in one object.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html
 * https://github.com/aws/event-ruler
 *
 * @throws ApiError InvalidEventPatternException
 */
export function compileEventPattern(pattern: JsonObject): EventPattern {
  const alternatives = alternativesOf(pattern, []);
  return event => {
    const leaves = Map.groupBy(leavesOf(event), ({ path }) => path);
    return alternatives.some(fields => match(fields, leaves, new Map()));
  };
}

function match(
  fields: readonly Field[],
  leaves: ReadonlyMap<string, readonly Leaf[]>,
  places: Places,
): boolean {
  const [field, ...others] = fields;
  if (field === undefined) return true;
  const found = (leaves.get(field.path) ?? []).filter(leaf => isTogether(leaf.places, places));
  if (found.length === 0) {
    return field.matchers.some(matcher => matcher === 'absent') && match(others, leaves, places);
  }
  return found.some(
    leaf =>
      field.matchers.some(matcher => matcher !== 'absent' && matcher(leaf.value)) &&
      match(others, leaves, together(leaf.places, places)),
  );
}

/** The fields of each way in which an event can match: `$or` makes several. */
function alternativesOf(pattern: JsonObject, path: readonly string[]): Field[][] {
  const entries = Object.entries(pattern);
  if (entries.length === 0) throw invalidPattern('Empty objects are not allowed');
  return entries.reduce<Field[][]>(
    (before, [name, value]) => {
      const ways = waysOf(name, value, path);
      if (before.length * ways.length > MAX_COMBINATIONS) {
        throw invalidPattern(`$or must not make more than ${MAX_COMBINATIONS} combinations`);
      }
      return before.flatMap(fields => ways.map(way => [...fields, ...way]));
    },
    [[]],
  );
}

function waysOf(name: string, value: unknown, path: readonly string[]): Field[][] {
  if (name === '$or' && isAlternatives(value)) return value.flatMap(one => alternativesOf(one, path));
  if (isJsonObject(value)) return alternativesOf(value, [...path, name]);
  if (!Array.isArray(value)) throw invalidPattern(`"${name}" must be an object or an array`);
  if (value.length === 0) throw invalidPattern(`"${name}": Empty arrays are not allowed`);
  return [[{ path: [...path, name].join('.'), matchers: value.map(item => compileMatcher(name, item)) }]];
}

/** Else `$or` is a field of that name. */
function isAlternatives(value: unknown): value is readonly JsonObject[] {
  return (
    Array.isArray(value) &&
    value.length >= 2 &&
    value.every(item => isJsonObject(item) && !Object.keys(item).some(isOperator))
  );
}
