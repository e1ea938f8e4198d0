import { TaskPayloadError } from '../contract/errors.ts';
import { copyOfJson, validatePayload } from '../contract/payload.ts';
import { IDEMPOTENCY_KEY_RULE, isIdempotencyKey } from '../contract/run-id.ts';
import type { TaskDefinition } from '../contract/task.ts';
import { RefusedRun } from './refused-run.ts';

/**
 * The idempotency key that a task's definition gives the payload of a stranger's message.
 *
 * @returns undefined when it gives none, and when the schema refuses the payload, as the run's attempt will say
 * @throws RefusedRun when the definition's function throws or answers what is no key: without it the run could happen
 * twice, so it does not happen at all
 * @throws whatever the schema throws that is no refusal
 */
export async function deriveKey(task: TaskDefinition, payload: unknown): Promise<string | undefined> {
  if (!task.keyOf) return undefined;
  let valid: unknown;
  try {
    valid = await validatePayload(task, copyOfJson(payload));
  } catch (error) {
    if (error instanceof TaskPayloadError) return undefined;
    throw error;
  }
  const key = callKeyOf(task, valid);
  if (key === undefined || isIdempotencyKey(key)) return key;
  throw refuse(task, `must be ${IDEMPOTENCY_KEY_RULE}, got ${JSON.stringify(key)?.slice(0, 100)}`);
}

function callKeyOf(task: TaskDefinition, valid: unknown): unknown {
  try {
    return task.keyOf?.(valid);
  } catch (cause) {
    throw refuse(task, `could not be told: ${String(cause)}`, cause);
  }
}

function refuse({ name }: TaskDefinition, what: string, cause?: unknown): RefusedRun {
  const message = `the idempotency key that task '${name}' gives its payload ${what}`;
  return new RefusedRun('invalidPayload', 'TaskKeyError', message, { cause });
}
