import { errorFingerprint, errorPattern } from '../contract/error-fingerprint.ts';
import type { DeadLetterCause } from '../contract/run.ts';
import type { ClientContext } from './client-context.ts';
import { type DeadLetterFilter, factsOf } from './dead-letter-filter.ts';
import { deadLetterRange, readDeadLetters } from './dead-letter-listing.ts';

/** Dead-lettered runs of a task that failed alike. */
export interface DeadLetterGroup {
  /** What to filter by: `redriveAll({ error: fingerprint })`. */
  readonly fingerprint: string;
  readonly task: string;
  readonly cause: DeadLetterCause | undefined;
  readonly errorName: string;
  /** Without the parts in which the errors differ. */
  readonly errorPattern: string;
  readonly count: number;
  readonly firstSeen: Date;
  readonly lastSeen: Date;
  /** The latest. */
  readonly exampleRunId: string;
}

export async function groupDeadLetters(
  context: ClientContext,
  filter: DeadLetterFilter = {},
): Promise<readonly DeadLetterGroup[]> {
  const groups = new Map<string, DeadLetterGroup>();
  const range = deadLetterRange(filter, context.clock.now());
  for await (const { entry, item } of readDeadLetters(context, filter, range)) {
    if (item === undefined) continue;
    const { task, cause, error } = factsOf(item);
    const fingerprint = errorFingerprint({ task, cause, error });
    const at = new Date(entry.atMs);
    const group = groups.get(fingerprint) ?? {
      fingerprint,
      task,
      cause,
      errorName: error?.name ?? '',
      errorPattern: errorPattern(error?.message ?? ''),
      count: 0,
      lastSeen: at,
      exampleRunId: item.runId,
    };
    // Newest first: each is older than those before it.
    groups.set(fingerprint, { ...group, count: group.count + 1, firstSeen: at });
  }
  return [...groups.values()].toSorted((a, b) => b.count - a.count);
}
