import type { Client } from '../../client/create-client.ts';
import type { Run } from '../../contract/run.ts';
import { previousTime } from '../../contract/schedule/previous-time.ts';
import { type KnownSchedule, runIdOf } from './known-schedule.ts';

export interface LastFiring {
  readonly dueAt: Date;
  /** What it began; absent when nothing of it is known: it has not come yet, is forgotten, or never was. */
  readonly run?: Run;
}

/**
 * When a schedule was due last, and what became of it. EventBridge Scheduler does not tell; the expression does, and the
 * run table of which the run's id is known.
 *
 * @param client that of the task queues, if any is known
 */
export async function lastFiring(
  schedule: KnownSchedule,
  client: Client | undefined,
  now: Date,
): Promise<LastFiring | undefined> {
  const { times, start, end, createdAt, modifiedAt, enabled } = schedule;
  const dueAt =
    times && previousTime(times, { until: now, since: createdAt, start: start ?? createdAt, end });
  if (dueAt === undefined) return undefined;
  const runId = runIdOf(schedule, dueAt);
  const run = runId === undefined ? undefined : await client?.getRun(runId);
  if (run) return { dueAt, run };
  // It may have had other times before it was changed, and none while it is disabled.
  return enabled && dueAt >= modifiedAt ? { dueAt } : undefined;
}
