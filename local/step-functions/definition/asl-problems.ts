import validateAsl from 'asl-validator';
import { isJsonObject, type JsonObject } from '../../json-value.ts';
import { isExpression } from '../expressions/expression.ts';

/** Definitions without problems. The validator compiles its schemas anew each time, which takes a tenth of a second. */
const sound = new Set<string>();

/** What breaks the rules of the Amazon States Language, in the validator's words. */
export function aslProblems(definition: JsonObject): string[] {
  const json = JSON.stringify(definition);
  if (sound.has(json)) return [];
  const { errors } = validateAsl(withObjectOutputs(definition));
  if (errors.length === 0) sound.add(json);
  return errors.map(
    ({ Message, message, instancePath = '' }) => Message ?? `${instancePath} ${message}`.trim(),
  );
}

/**
 * The validator takes an object or an expression as `Output`, Step Functions any JSON value.
 * https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html
 */
function withObjectOutputs(object: JsonObject): JsonObject {
  const copy = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(copy);
    return isJsonObject(value) ? withObjectOutputs(value) : value;
  };
  const isPlain = (key: string, value: unknown) =>
    key === 'Output' && !isJsonObject(value) && !(typeof value === 'string' && isExpression(value));
  return Object.fromEntries(
    Object.entries(object).map(([key, value]) => [key, isPlain(key, value) ? {} : copy(value)]),
  );
}
