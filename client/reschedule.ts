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
 * The new schedule is there before the run's item knows of it, and the old one is deleted after. So whenever this ends
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

  const { envelope } = decodeMessage(waiting.Target.Input, runId);
  const { latestCopyAt = 0, scheduledFor: scheduledBefore = 0, expiresAt = 0 } = item;
  const move = { moves: moves + 1, latestCopyAt: Math.max(latestCopyAt, scheduledBefore) };
  const scheduleName = nextScheduleName(item);
  await scheduleMessage(context, {
    queue,
    body: toMessageBody({ ...envelope, ...move }),
    groupKey: waiting.Target.SqsParameters?.MessageGroupId,
    scheduledFor,
    scheduleName,
  });
  const moved = await updateRun(context, table, runId, {
    set: {
      ...move,
      scheduledFor,
      scheduleName,
      // As long after the last of its times as it would have been after the first.
      expiresAt:
        expiresAt + Math.ceil(Math.max(0, scheduledFor - Math.max(latestCopyAt, scheduledBefore)) / 1000),
    },
    statuses: ['queued'],
    is: { epoch: item.epoch, scheduleName: before },
  });
  // The name is this call's own: where it stands, the write was carried out, and its answer lost.
  const isMoved = moved.item?.scheduleName === scheduleName;
  await deleteQuietly(context, group, isMoved ? before : scheduleName);
  if (!isMoved || moved.item === undefined) throw notWaiting(moved.item ?? item);
  return toRun(moved.item);
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
