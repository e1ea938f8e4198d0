import { isJsonObject, type JsonObject } from '../json-value.ts';
import { StartError } from '../start-error.ts';
import { arnMatches, compilePattern, variableIn } from './pattern.ts';
import { every, type Truth } from './truth.ts';

/** One line of a statement's `Condition`: `"StringEquals": { "aws:SourceAccount": "000000000000" }`. */
export interface Condition {
  readonly operator: string;
  readonly key: string;
  readonly values: readonly string[];
}

/**
 * What is known of a request, by condition key in lower case; undefined says that a request has no such key. A key
 * that is not in here is one that the local engine cannot tell.
 */
export type ConditionContext = ReadonlyMap<string, string | undefined>;

type Comparison = (actual: string, expected: string) => boolean;

/** Each has a negation, too, named as AWS does: `StringNotEquals`. */
const COMPARISONS: Readonly<Record<string, Comparison>> = {
  StringEquals: (actual, expected) => actual === expected,
  StringEqualsIgnoreCase: (actual, expected) => actual.toLowerCase() === expected.toLowerCase(),
  StringLike: (actual, expected) => compilePattern(expected)(actual) === true,
  ArnEquals: arnMatches,
  ArnLike: arnMatches,
  Bool: (actual, expected) => actual === expected.toLowerCase(),
  NumericEquals: (actual, expected) => Number(actual) === Number(expected),
  NumericLessThan: (actual, expected) => Number(actual) < Number(expected),
  NumericLessThanEquals: (actual, expected) => Number(actual) <= Number(expected),
  NumericGreaterThan: (actual, expected) => Number(actual) > Number(expected),
  NumericGreaterThanEquals: (actual, expected) => Number(actual) >= Number(expected),
};

/** @throws StartError for what is no `Condition` at all. */
export function parseConditions(block: JsonObject): Condition[] {
  return Object.entries(block).flatMap(([operator, keys]) => {
    if (!isJsonObject(keys)) {
      throw new StartError(`Condition.${operator} must be an object, got ${JSON.stringify(keys)}`);
    }
    return Object.entries(keys).map(([key, value]) => ({
      operator,
      key,
      values: (Array.isArray(value) ? value : [value]).map(String),
    }));
  });
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html */
export function conditionsHold(conditions: readonly Condition[], context: ConditionContext): Truth {
  return every(conditions.map(condition => holds(condition, context)));
}

function holds(condition: Condition, context: ConditionContext): Truth {
  const { key, values } = condition;
  const operator = condition.operator.replace(/IfExists$/, '');
  const negated = operator.includes('Not');
  const comparison = COMPARISONS[operator.replace('Not', '')];
  const known = context.has(key.toLowerCase()) && !values.some(variableIn);
  if (!known || (comparison === undefined && operator !== 'Null')) return { unknown: describe(condition) };

  const actual = context.get(key.toLowerCase());
  if (operator === 'Null') return values.includes(String(actual === undefined));
  if (actual === undefined) return negated || operator !== condition.operator;
  return values.some(expected => comparison?.(actual, expected)) !== negated;
}

function describe({ operator, key, values }: Condition): string {
  return `whether the condition ${JSON.stringify({ [operator]: { [key]: values } })} holds`;
}
