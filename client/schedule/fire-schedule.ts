import { anyTask } from '../../contract/any-task.ts';
import { newRunId } from '../../contract/run-id.ts';
import type { ClientContext } from '../client-context.ts';
import { dispatch } from '../dispatch.ts';
import { pack } from '../large-payload.ts';
import type { SentTask } from '../send-task.ts';
import { trackSent } from '../track-sent.ts';
import { requireSchedule } from './find-schedule.ts';
import { messageOf } from './schedule.ts';

/**
 * Sends what the schedule would send now, as a run of its own: by the identity of a firing it could be taken for the one
 * that is due at this time.
 *
 * @throws Error when there is none of the key
 */
export async function fireSchedule(context: ClientContext, key: string): Promise<Pick<SentTask, 'runId'>> {
  const { queue, resource } = await requireSchedule(context, key);
  const nowMs = context.clock.now();
  const { idempotencyKey: _, payload, ...fired } = messageOf(resource, `${resource.Arn}`, nowMs);
  const envelope = { ...fired, runId: newRunId(nowMs) };
  const payloadJson = JSON.stringify(payload);
  const groupKey = resource.Target?.SqsParameters?.MessageGroupId;
  const send = {
    ...pack(envelope, payloadJson, queue),
    queue,
    task: anyTask(envelope.task),
    payloadJson,
    createdAt: nowMs,
    ...(groupKey !== undefined && { groupKey }),
  };
  await dispatch(context, send);
  await trackSent(context, [send]);
  return { runId: envelope.runId };
}
