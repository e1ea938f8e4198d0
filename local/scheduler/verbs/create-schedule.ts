import { nextTimes } from '../../../contract/schedule/next-times.ts';
import { stringAt } from '../../json-value.ts';
import { requireRole } from '../require-role.ts';
import { requireStart } from '../require-start.ts';
import { readScheduleDefinition } from '../schedule-definition.ts';
import { SchedulerError } from '../scheduler-error.ts';
import type { Verb } from '../verb.ts';

/**
 * AWS does not say what becomes of a one-time schedule in the past: it is refused, rather than never run.
 * https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateSchedule.html
 */
export const createSchedule: Verb = (store, request) => {
  const definition = readScheduleDefinition(request.input);
  const { groupName, name, schedule } = definition;
  const arn = store.schedules.arnOf(groupName, name);
  request.authorize?.('scheduler:CreateSchedule', arn);
  requireRole(definition, store, request);
  requireStart(definition, store.clock.now());
  return store.once(
    stringAt(request.input, 'ClientToken'),
    `Create ${JSON.stringify(definition.input)}`,
    () => {
      store.group(groupName);
      if (store.schedules.find(arn)) {
        throw new SchedulerError('ConflictException', `Schedule ${name} already exists.`);
      }
      const now = store.clock.now();
      if (schedule.kind === 'at' && nextTimes(schedule, { after: new Date(now), count: 1 }).length === 0) {
        throw new SchedulerError(
          'ValidationException',
          `ScheduleExpression must be a time to come, got ${schedule.expression}`,
        );
      }
      store.schedules.add(definition, { fromTemplate: false });
      return { ScheduleArn: arn };
    },
  );
};
