import type { JsonObject } from '../json-value.ts';
import type { Service } from '../service.ts';
import { requireRole } from './require-role.ts';
import { handleRest } from './rest-protocol.ts';
import { restoreScheduler, saveScheduler } from './saved-scheduler.ts';
import { readScheduleDefinition } from './schedule-definition.ts';
import { SchedulerStore } from './scheduler-store.ts';
import type { SchedulesOptions, StoredSchedule } from './schedules.ts';

/** EventBridge Scheduler with one account and one region, in memory. */
export interface SchedulerService extends Service {
  /** @param properties of a template's schedule. @throws StartError, RangeError or SchedulerError for what Scheduler refuses */
  createSchedule(properties: JsonObject): StoredSchedule;
  /** @returns its ARN */
  createGroup(name: string): string;
  /** @throws SchedulerError for a role that Scheduler may not take. To be asked when all roles exist. */
  requireRole(scheduleArn: string): void;
  /** Nothing fires before. */
  start(): void;
  schedules(): readonly Readonly<StoredSchedule>[];
  /** Fires it as if it were its time. */
  fireNow(scheduleArn: string): void;
  save(): readonly JsonObject[];
  /** @returns the schedules that there is no place for any more. */
  restore(saved: readonly JsonObject[]): readonly string[];
}

export function createSchedulerService(options: SchedulesOptions): SchedulerService {
  const store = new SchedulerStore(options);
  const { targets } = options;
  return {
    signingName: 'scheduler',
    handle: (request, response, authorize) => handleRest(store, request, response, { authorize, targets }),
    async stop() {
      store.schedules.stop();
    },
    createSchedule(properties) {
      const definition = readScheduleDefinition(properties);
      store.group(definition.groupName);
      return store.schedules.add(definition, { fromTemplate: true });
    },
    createGroup: name => store.addGroup(name).arn,
    requireRole(scheduleArn) {
      const schedule = store.schedules.find(scheduleArn);
      if (schedule) requireRole(schedule.definition, store, { authorize: undefined, targets });
    },
    start: () => store.schedules.start(),
    schedules: () => store.schedules.all(),
    fireNow(scheduleArn) {
      const schedule = store.schedules.find(scheduleArn);
      if (schedule) store.schedules.fireNow(schedule);
    },
    save: () => saveScheduler(store),
    restore: saved => restoreScheduler(saved, store),
  };
}
