import { type PayloadIssue, TaskPayloadError } from './errors.ts';
import { MAX_NESTING } from './limits.ts';
import type { PayloadOutput, TaskDefinition } from './task.ts';

/**
 * Checks a payload that came out of JSON against its task's schema.
 *
 * @returns the schema's output, transformations applied
 * @throws TaskPayloadError when the schema refuses it
 */
export async function validatePayload<Task extends TaskDefinition>(
  task: Task,
  payload: unknown,
): Promise<PayloadOutput<Task>> {
  const outcome = await task.payload['~standard'].validate(payload);
  if (outcome.issues) throw new TaskPayloadError(task.name, outcome.issues.map(toPayloadIssue));
  return outcome.value as PayloadOutput<Task>;
}

/**
 * The same where nothing can be waited for, at synth. A schema that answers later is left to the consumer.
 *
 * @throws TaskPayloadError when the schema refuses the payload
 */
export function validatePayloadAtSynth(task: TaskDefinition, payload: unknown): void {
  const outcome = task.payload['~standard'].validate(payload);
  if (outcome instanceof Promise) {
    outcome.catch(() => {}); // Whatever it finds, it is too late to say.
  } else if (outcome.issues) {
    throw new TaskPayloadError(task.name, outcome.issues.map(toPayloadIssue));
  }
}

type SchemaIssue = {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { key: PropertyKey })[] | undefined;
};

function toPayloadIssue({ message, path = [] }: SchemaIssue): PayloadIssue {
  return { message, path: path.map(part => String(typeof part === 'object' ? part.key : part)).join('.') };
}

/** A payload as it is sent, and as the consumer will see it. */
export interface JsonPayload {
  readonly json: string;
  readonly asSeen: unknown;
}

/**
 * What JSON drops or changes (a Date, `undefined`, a class) must be found at the producer, so it is what the consumer
 * will see that the producer validates.
 *
 * @throws TaskPayloadError when the payload cannot be written as JSON at all, or is nested too deep
 */
export function toJsonPayload(task: string, payload: unknown): JsonPayload {
  let json: string | undefined;
  try {
    json = JSON.stringify(payload);
  } catch (cause) {
    throw new TaskPayloadError(
      task,
      [{ path: '', message: `it cannot be written as JSON: ${String(cause)}` }],
      { cause },
    );
  }
  if (json === undefined)
    throw new TaskPayloadError(task, [{ path: '', message: `${typeof payload} is not JSON` }]);
  const asSeen: unknown = JSON.parse(json);
  if (isNestedDeeper(asSeen, MAX_NESTING)) {
    throw new TaskPayloadError(task, [
      { path: '', message: `it is nested more than ${MAX_NESTING} levels deep` },
    ]);
  }
  return { json, asSeen };
}

/** What the consumer will see. Throws as `toJsonPayload` does. */
export function throughJson(task: string, payload: unknown): unknown {
  return toJsonPayload(task, payload).asSeen;
}

/**
 * A copy of what came out of JSON, or of nothing at all, for whoever may change it. In a consumer `structuredClone`
 * takes three times as long.
 */
export function copyOfJson(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}

/** Whether a JSON value has more than `levels` objects and arrays in one another. */
export function isNestedDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some(member => isNestedDeeper(member, levels - 1));
}
