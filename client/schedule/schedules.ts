import type { TaskDefinition } from '../../contract/task.ts';
import type { ClientContext } from '../client-context.ts';
import { deleteSchedule } from '../scheduler-calls.ts';
import type { SentTask } from '../send-task.ts';
import { findSchedule, scheduleGroups } from './find-schedule.ts';
import { fireSchedule } from './fire-schedule.ts';
import { listAllSchedules, type ScheduleListOptions, type SchedulePage } from './list-schedules.ts';
import { setPaused } from './pause-schedule.ts';
import { type Schedule, toSchedule } from './schedule.ts';
import { nameOfKey } from './schedule-key.ts';
import type { ScheduleOptions } from './schedule-options.ts';
import { upsertSchedule } from './upsert-schedule.ts';

/**
 * Schedules that an application makes while it runs, of a customer's choosing for one. Those that are known when the app
 * is deployed are `TaskSchedule`s. Needs the queue's `grantSchedule`; to run one now, `grantSend` as well, which is in it.
 *
 * EventBridge Scheduler knows no conditional writes: of two that change one schedule at the same time, the last one counts.
 */
export interface Schedules {
  /**
   * Makes a schedule, or changes the one of its key. One that says the same already is left alone, and a paused one stays
   * paused.
   *
   * @throws RangeError naming the option, the value and what is allowed
   * @throws TaskPayloadError when the task's schema refuses the payload
   * @example
   * ```ts
   * await schedules.upsert({
   *   key: `digest-${tenantId}`,
   *   task: sendDigest,
   *   payload: { tenantId },
   *   cron: '0 8 ? * MON *',
   *   timeZone: 'Europe/Paris',
   * });
   * ```
   */
  upsert<Task extends TaskDefinition>(options: ScheduleOptions<Task>): Promise<Schedule>;
  /** @returns undefined when there is none of the key */
  get(key: string): Promise<Schedule | undefined>;
  /** @throws RangeError when the prefix, the limit or the cursor is not valid */
  list(options?: ScheduleListOptions): Promise<SchedulePage>;
  /** Nothing fires until it is resumed. What has fired goes on. @throws Error when there is none of the key */
  pause(key: string): Promise<Schedule>;
  /** Times that passed meanwhile are not made up for. @throws Error when there is none of the key */
  resume(key: string): Promise<Schedule>;
  /** What has fired goes on. @returns whether there was one of the key */
  delete(key: string): Promise<boolean>;
  /**
   * Sends what the schedule would, now, paused or not. Its times stay as they are.
   *
   * @throws Error when there is none of the key
   */
  runNow(key: string): Promise<Pick<SentTask, 'runId'>>;
}

export function createSchedules(context: ClientContext): Schedules {
  return {
    upsert: options => upsertSchedule(context, options),
    get: async key => {
      const found = await findSchedule(context, key);
      return found && toSchedule(found.resource, context.clock.now());
    },
    list: (options = {}) => listAllSchedules(context, options),
    pause: key => setPaused(context, key, true),
    resume: key => setPaused(context, key, false),
    delete: key => deleteEverywhere(context, key),
    runNow: key => fireSchedule(context, key),
  };
}

async function deleteEverywhere(context: ClientContext, key: string): Promise<boolean> {
  const name = nameOfKey(key);
  const deleted = await Promise.all(
    scheduleGroups(context).map(group => deleteSchedule(context, group, name)),
  );
  return deleted.includes(true);
}
