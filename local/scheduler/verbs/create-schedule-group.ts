import { checkScheduleName } from '../../../contract/schedule/schedule-rules.ts';
import { required, stringAt } from '../../json-value.ts';
import { readTags } from '../tags.ts';
import type { Verb } from '../verb.ts';

/** https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateScheduleGroup.html */
export const createScheduleGroup: Verb = (store, { input, authorize }) => {
  const name = checkScheduleName(required(stringAt(input, 'Name'), 'Name'), 'Name');
  const tags = readTags(input);
  authorize?.('scheduler:CreateScheduleGroup', store.schedules.groupArnOf(name));
  return store.once(
    stringAt(input, 'ClientToken'),
    `CreateGroup ${name} ${JSON.stringify([...tags])}`,
    () => ({
      ScheduleGroupArn: store.addGroup(name, tags).arn,
    }),
  );
};
