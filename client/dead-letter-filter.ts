import { errorFingerprint } from '../contract/error-fingerprint.ts';
import type { DeadLetterCause, RunError } from '../contract/run.ts';
import type { RunItem } from '../contract/run-item.ts';
import type { TaskDefinition } from '../contract/task.ts';

/** Which dead letters are meant: those that fit everything given, all of them when nothing is. */
export interface DeadLetterFilter {
  readonly task?: Pick<TaskDefinition, 'name'>;
  /** Why the run was given up; `native` is a message that SQS itself moved, without a reason. */
  readonly cause?: DeadLetterCause | 'native';
  /** A fingerprint, as `groupDeadLetters` answers it. */
  readonly error?: string;
  /** Found in the error's name or message, or in the message's body, the payload as JSON; in upper or lower case. */
  readonly text?: string;
  /** The oldest time at which the run was given up, inclusive. What SQS moved itself has no such time. */
  readonly from?: Date;
  /** The newest, inclusive. */
  readonly to?: Date;
}

/** What a filter looks at. */
export interface DeadLetterFacts {
  readonly task: string;
  readonly cause: DeadLetterCause | undefined;
  readonly error: RunError | undefined;
  /** When the run was given up, in milliseconds since the epoch. */
  readonly atMs: number | undefined;
  /** The message's body. */
  readonly body: string | undefined;
}

export function factsOf({ task, cause, error, finishedAt, envelope }: RunItem): DeadLetterFacts {
  return {
    task,
    cause,
    error: error === undefined ? undefined : (JSON.parse(error) as RunError),
    atMs: finishedAt,
    body: envelope,
  };
}

export function matches(filter: DeadLetterFilter, facts: DeadLetterFacts): boolean {
  const { task, cause, error, text, from, to } = filter;
  const { atMs } = facts;
  if (task !== undefined && task.name !== facts.task) return false;
  if (cause !== undefined && cause !== (facts.cause ?? 'native')) return false;
  if (error !== undefined && error !== errorFingerprint(facts)) return false;
  if (text !== undefined && !hasText(facts, text.toLowerCase())) return false;
  if (from !== undefined && !(atMs !== undefined && atMs >= from.getTime())) return false;
  return to === undefined || (atMs !== undefined && atMs <= to.getTime());
}

function hasText({ error, body }: DeadLetterFacts, lowerCase: string): boolean {
  return [error?.name, error?.message, body].some(part => part?.toLowerCase().includes(lowerCase));
}
