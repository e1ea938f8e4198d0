import { StateFailure } from '../execution/state-failure.ts';
import { isExpression, parseExpression, reasonOf } from './expression.ts';

/** What expressions can see: `$states` and the variables in reach, each by its name. */
export interface Bindings {
  readonly states: Readonly<Record<string, unknown>>;
  readonly variables: Readonly<Record<string, unknown>>;
  /** What `$now` and `$millis` tell, in milliseconds since the Unix epoch. */
  readonly nowMs: number;
}

/**
 * Replaces every expression in a template by its value.
 *
 * @param field for the error: `Arguments`, `Output`, …
 * @throws StateFailure `States.QueryEvaluationError` for an expression that fails, or has no value.
 */
export async function evaluate(template: unknown, field: string, bindings: Bindings): Promise<unknown> {
  if (typeof template === 'string') {
    return isExpression(template) ? await evaluateExpression(template, field, bindings) : template;
  }
  if (Array.isArray(template)) {
    return await Promise.all(template.map((item, index) => evaluate(item, `${field}[${index}]`, bindings)));
  }
  if (typeof template !== 'object' || template === null) return template;
  const entries = Object.entries(template).map(
    async ([key, value]) => [key, await evaluate(value, `${field}/${key}`, bindings)] as const,
  );
  return Object.fromEntries(await Promise.all(entries));
}

async function evaluateExpression(text: string, field: string, bindings: Bindings): Promise<unknown> {
  const { states, variables, nowMs } = bindings;
  let value: unknown;
  try {
    value = await parseExpression(text).evaluate(undefined, {
      ...variables,
      states,
      // JSONata's own read the machine's time.
      now: () => new Date(nowMs).toISOString(),
      millis: () => nowMs,
    });
  } catch (error) {
    throw queryError(
      `The JSONata expression '${text}' specified for the field '${field}' threw an error: ${reasonOf(error)}`,
    );
  }
  if (value === undefined || typeof value === 'function') {
    throw queryError(
      `The JSONata expression '${text}' specified for the field '${field}' returned nothing (undefined).`,
    );
  }
  // JSONata's sequences are arrays with properties of their own.
  return JSON.parse(JSON.stringify(value));
}

function queryError(cause: string): StateFailure {
  return new StateFailure('States.QueryEvaluationError', cause);
}
