import { throughJson, validatePayload } from '../../contract/payload.ts';
import type { TaskDefinition } from '../../contract/task.ts';
import type { ClientContext } from '../client-context.ts';
import { findQueue } from '../find-queue.ts';
import { createSchedule, deleteSchedule, getSchedule, updateSchedule } from '../scheduler-calls.ts';
import { isSame } from './compare-schedules.ts';
import { scheduleGroups } from './find-schedule.ts';
import { type Schedule, toSchedule } from './schedule.ts';
import type { ScheduleOptions } from './schedule-options.ts';
import { toRequest } from './schedule-request.ts';

/**
 * One that says the same is left alone, so that an application may upsert its schedules whenever it starts: an update
 * could have a rate count anew.
 */
export async function upsertSchedule<Task extends TaskDefinition>(
  context: ClientContext,
  options: ScheduleOptions<Task>,
): Promise<Schedule> {
  const { task } = options;
  const queue = findQueue(context.queues, task.name);
  const payload = throughJson(task.name, options.payload);
  await validatePayload(task, payload);
  const nowMs = context.clock.now();
  const wanted = toRequest({ ...options, task: task.name, payload }, queue, nowMs);
  const { Name, GroupName } = wanted;
  for (;;) {
    const existing = await getSchedule(context, GroupName, Name);
    if (existing === undefined) {
      await deleteElsewhere(context, Name, GroupName);
      if (await createSchedule(context, wanted)) return toSchedule(wanted, nowMs);
    } else {
      if (isSame(existing, wanted, nowMs)) return toSchedule(existing, nowMs);
      const { State, CreationDate } = existing;
      const updated = { ...wanted, ...(State && { State }) };
      if (await updateSchedule(context, updated)) return toSchedule({ ...updated, CreationDate }, nowMs);
    }
    // It ends: another turn means that somebody else has made it, or deleted it, in between.
  }
}

/** Its task may have been moved to this queue from another. First, so that who repeats what failed halfway does it too. */
async function deleteElsewhere(context: ClientContext, name: string, group: string): Promise<void> {
  for (const other of scheduleGroups(context)) {
    if (other !== group) await deleteSchedule(context, other, name);
  }
}
