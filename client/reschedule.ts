import { decodeMessage } from '../contract/envelope.ts';
import type { QueueConfig } from '../contract/environment.ts';
import { toMessageBody } from '../contract/message-body.ts';
import type { Run } from '../contract/run.ts';
import { type RunItem, toRun } from '../contract/run-item.ts';
import type { ClientContext } from './client-context.ts';
import { queueOfRun } from './find-queue.ts';
import { findRun } from './find-run.ts';
import { nextScheduleName, scheduleMessage, schedulesOf } from './run-schedule.ts';
import { updateRun } from './run-update.ts';
import { deleteSchedule, getSchedule } from './scheduler-calls.ts';
import { resolveTimeOf, type SendTimeOptions } from './send-time.ts';

/**
 * The item knows of the new time before anything fires then, and the new schedule is there before the run's item knows of it, and the old one is deleted after. So whenever this ends
 * halfway, one of them fires and is heeded: a message is passed over only when its run was moved more often than it.
 */
export async function reschedule(context: ClientContext, runId: string, time: SendTimeOptions): Promise<Run> {
  const found = await findRun(context, runId);
  if (found === undefined)
    throw new Error(`There is no run ${runId}: the id may be wrong, or its retention over`);
  const { item, table } = found;
  const queue = queueOf(context, table, item);
  const { group } = schedulesOf(queue);
  const scheduledFor = resolveTime(context, runId, time);
  const { scheduleName: before, moves = 0 } = item;
  const waiting =
    before === undefined || item.status !== 'queued' ? undefined : await getSchedule(context, group, before);
  if (before === undefined || waiting?.Target?.Input === undefined) throw notWaiting(item);

  if (!(await noteTime(context, table, item, scheduledFor))) return await reschedule(context, runId, time);

  const { envelope } = decodeMessage(waiting.Target.Input, runId);
  const scheduleName = nextScheduleName(item);
  await scheduleMessage(context, {
    queue,
    body: toMessageBody({ ...envelope, moves: moves + 1 }),
    groupKey: waiting.Target.SqsParameters?.MessageGroupId,
    scheduledFor,
    scheduleName,
  });
  const moved = await updateRun(context, table, runId, {
    set: { scheduledFor, scheduleName, moves: moves + 1 },
    statuses: ['queued'],
    is: { epoch: item.epoch, scheduleName: before },
  });
  // The name is this call's own: where it stands, the write was carried out, and its answer lost.
  const isMoved = moved.item?.scheduleName === scheduleName;
  await deleteQuietly(context, group, isMoved ? before : scheduleName);
  if (!isMoved || moved.item === undefined) throw notWaiting(moved.item ?? item);
  return toRun(moved.item);
}

/**
 * Before anything fires then: whatever becomes of this call, the run is remembered until after the last of its times, and as
 * long as it would have been after the first.
 *
 * @returns false when somebody else has got ahead
 */
async function noteTime(
  context: ClientContext,
  table: string,
  { runId, epoch, scheduleName, latestCopyAt, scheduledFor = 0, expiresAt = 0 }: RunItem,
  newTime: number,
): Promise<boolean> {
  const before = latestCopyAt ?? scheduledFor;
  const latest = Math.max(before, newTime);
  const noted = await updateRun(context, table, runId, {
    set: { latestCopyAt: latest, expiresAt: expiresAt + Math.ceil((latest - before) / 1000) },
    statuses: ['queued'],
    is: { epoch, scheduleName: scheduleName ?? null, latestCopyAt: latestCopyAt ?? null },
  });
  return noted.written || (noted.item?.latestCopyAt ?? 0) >= latest;
}

/** What is left of it fires, and is passed over. */
async function deleteQuietly(context: ClientContext, group: string, name: string): Promise<void> {
  await deleteSchedule(context, group, name).catch((cause: unknown) => {
    context.warn(new Error(`Schedule ${name} of group ${group} is of no use, but is not deleted`, { cause }));
  });
}

function resolveTime({ clock }: ClientContext, runId: string, time: SendTimeOptions): number {
  if (time.delay === undefined && time.at === undefined) {
    throw new RangeError(`run ${runId}: delay or at must be given, got neither`);
  }
  return resolveTimeOf(time, clock.now(), name => `run ${runId}: ${name}`);
}

function queueOf({ queues }: ClientContext, table: string, item: RunItem): QueueConfig {
  const queue = queueOfRun(queues, table, item);
  if (queue) return queue;
  throw new Error(`No queue of this client carries task '${item.task}'; pass it to createClient({ queues })`);
}

function notWaiting({ runId, status, scheduledFor }: RunItem): Error {
  const why =
    status !== 'queued'
      ? `it is ${status}`
      : scheduledFor === undefined
        ? 'it was sent without a delay'
        : 'it is on its way to its queue, or waits there for 15 minutes at most, or was moved meanwhile';
  return new Error(
    `Run ${runId} cannot be moved: ${why}; only a run that waits in EventBridge Scheduler can be. Cancel it and send another`,
  );
}
