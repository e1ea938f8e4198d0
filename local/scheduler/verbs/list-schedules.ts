import { oneOfAt, stringAt } from '../../json-value.ts';
import { pageOf } from '../page.ts';
import type { Verb } from '../verb.ts';

/**
 * https://docs.aws.amazon.com/scheduler/latest/APIReference/API_ListSchedules.html Authorized on the schedules of all
 * groups, whichever is asked for: https://github.com/aws/aws-cdk/issues/38201
 */
export const listSchedules: Verb = (store, { input, authorize }) => {
  authorize?.('scheduler:ListSchedules', store.schedules.arnOf('*', '*'));
  const group = stringAt(input, 'ScheduleGroup');
  if (group !== undefined) store.group(group);
  const prefix = stringAt(input, 'NamePrefix') ?? '';
  const state = oneOfAt(input, 'State', ['ENABLED', 'DISABLED']);
  const listed = store.schedules
    .all()
    .map(schedule => ({
      ...schedule,
      ...schedule.definition,
      state: schedule.definition.enabled ? 'ENABLED' : 'DISABLED',
    }))
    .filter(schedule => group === undefined || schedule.groupName === group)
    .filter(
      schedule => schedule.name.startsWith(prefix) && (state === undefined || schedule.state === state),
    );
  const { page, ...more } = pageOf(listed, input);
  return {
    Schedules: page.map(({ arn, name, groupName, state: State, createdAtMs, modifiedAtMs, target }) => ({
      Arn: arn,
      Name: name,
      GroupName: groupName,
      State,
      CreationDate: createdAtMs / 1000,
      LastModificationDate: modifiedAtMs / 1000,
      Target: { Arn: target.arn },
    })),
    ...more,
  };
};
