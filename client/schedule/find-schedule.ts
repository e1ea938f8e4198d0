import type { GetScheduleCommandOutput } from '@aws-sdk/client-scheduler';
import type { QueueConfig } from '../../contract/environment.ts';
import type { ClientContext } from '../client-context.ts';
import { schedulesOf } from '../run-schedule.ts';
import { getSchedule } from '../scheduler-calls.ts';
import { nameOfKey } from './schedule-key.ts';

export interface FoundSchedule {
  readonly queue: QueueConfig;
  readonly resource: GetScheduleCommandOutput;
}

/** In whichever of the client's queues has it: a key has one schedule among them. */
export async function findSchedule(context: ClientContext, key: string): Promise<FoundSchedule | undefined> {
  const Name = nameOfKey(key);
  for (const queue of schedulingQueues(context)) {
    const resource = await getSchedule(context, schedulesOf(queue).group, Name);
    if (resource) return { queue, resource };
  }
  return undefined;
}

/** @throws Error when there is none of the key */
export async function requireSchedule(context: ClientContext, key: string): Promise<FoundSchedule> {
  const found = await findSchedule(context, key);
  if (found) return found;
  throw noSchedule(key, scheduleGroups(context));
}

export function noSchedule(key: string, groups: readonly string[]): Error {
  return new Error(
    `There is no schedule '${key}' in ${groups.join(', ')}: it was deleted, or has ended, or belongs to a queue whose ` +
      'grantSchedule(fn) was not called for this function',
  );
}

/** Each once: queues of one group may share it. @throws Error with what to do, when there is none */
export function scheduleGroups(context: ClientContext): readonly string[] {
  return [...new Set(schedulingQueues(context).map(queue => schedulesOf(queue).group))];
}

/** @throws Error with what to do, when there is none */
function schedulingQueues({ queues }: ClientContext): readonly QueueConfig[] {
  const scheduling = queues.filter(({ schedules }) => schedules !== undefined);
  if (scheduling.length > 0) return scheduling;
  throw new Error(
    "No queue is known that has schedules; let the stack call a queue's grantSchedule(fn) for this function, or pass " +
      'schedules with the queue to createClient({ queues })',
  );
}
