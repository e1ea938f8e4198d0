import type { SavedDelivery } from '../delivery/deliveries.ts';
import { booleanAt, type JsonObject, numberAt, objectAt, required, stringAt } from '../json-value.ts';
import type { Firing } from './firing.ts';
import { readScheduleDefinition } from './schedule-definition.ts';
import type { SchedulerStore } from './scheduler-store.ts';
import type { StoredSchedule } from './schedules.ts';
import { readTarget } from './target-definition.ts';

/** What Scheduler holds, as JSON can carry it: schedules, and firings that wait for their next attempt. */
export function saveScheduler({ schedules }: SchedulerStore): readonly JsonObject[] {
  return [
    ...schedules.all().map(({ definition, createdAtMs, modifiedAtMs, firedAtMs, fromTemplate }) => ({
      schedule: definition.input,
      createdAtMs,
      modifiedAtMs,
      firedAtMs,
      fromTemplate,
    })),
    ...schedules.saveDeliveries().map(({ work, retry: _, ...times }) => ({
      firing: { ...work, target: work.target.given },
      ...times,
    })),
  ];
}

/**
 * Puts back schedules that were made by the API, and when those of the template were made and last fired: a rate counts
 * from there.
 *
 * @returns those that are gone: their group is, or the template has them no more.
 */
export function restoreScheduler(saved: readonly JsonObject[], store: SchedulerStore): readonly string[] {
  const gone: string[] = [];
  for (const entry of saved) {
    const input = objectAt(entry, 'schedule');
    const firing = objectAt(entry, 'firing');
    if (firing) store.schedules.restoreDelivery(readDelivery(firing, entry));
    if (input && !restoreSchedule(input, entry, store)) gone.push(`schedule ${stringAt(input, 'Name')}`);
  }
  return gone;
}

function restoreSchedule(input: JsonObject, entry: JsonObject, store: SchedulerStore): boolean {
  const { schedules } = store;
  const definition = readScheduleDefinition(input);
  const arn = schedules.arnOf(definition.groupName, definition.name);
  const kept = {
    createdAtMs: required(numberAt(entry, 'createdAtMs'), 'createdAtMs'),
    modifiedAtMs: required(numberAt(entry, 'modifiedAtMs'), 'modifiedAtMs'),
    firedAtMs: numberAt(entry, 'firedAtMs'),
    nextAtMs: undefined,
  } satisfies Partial<StoredSchedule>;
  if (booleanAt(entry, 'fromTemplate')) {
    const present = schedules.find(arn);
    const same = present?.definition.schedule.expression === definition.schedule.expression;
    if (present && same) schedules.put({ ...present, ...kept });
    return present !== undefined;
  }
  if (!store.groups().some(({ name }) => name === definition.groupName)) return false;
  schedules.put({ arn, definition, ...kept, fromTemplate: false });
  return true;
}

function readDelivery(firing: JsonObject, entry: JsonObject): SavedDelivery<Firing> {
  const target = readTarget(required(objectAt(firing, 'target'), 'target'));
  return {
    work: {
      scheduleArn: required(stringAt(firing, 'scheduleArn'), 'scheduleArn'),
      groupArn: required(stringAt(firing, 'groupArn'), 'groupArn'),
      scheduledAtMs: required(numberAt(firing, 'scheduledAtMs'), 'scheduledAtMs'),
      target,
    },
    retry: target.retry,
    acceptedAtMs: required(numberAt(entry, 'acceptedAtMs'), 'acceptedAtMs'),
    attempts: required(numberAt(entry, 'attempts'), 'attempts'),
    dueAtMs: required(numberAt(entry, 'dueAtMs'), 'dueAtMs'),
  };
}
