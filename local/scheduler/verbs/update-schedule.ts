import { stringAt } from '../../json-value.ts';
import { requireRole } from '../require-role.ts';
import { requireStart } from '../require-start.ts';
import { readScheduleDefinition } from '../schedule-definition.ts';
import type { Verb } from '../verb.ts';

/** What is not given gets its default: https://docs.aws.amazon.com/scheduler/latest/APIReference/API_UpdateSchedule.html */
export const updateSchedule: Verb = (store, request) => {
  const definition = readScheduleDefinition(request.input);
  const { groupName, name } = definition;
  const ScheduleArn = store.schedules.arnOf(groupName, name);
  request.authorize?.('scheduler:UpdateSchedule', ScheduleArn);
  requireRole(definition, store, request);
  requireStart(definition, store.clock.now());
  return store.once(
    stringAt(request.input, 'ClientToken'),
    `Update ${JSON.stringify(definition.input)}`,
    () => {
      store.schedules.change(store.schedule(groupName, name), definition);
      return { ScheduleArn };
    },
  );
};
