import { required, stringAt } from '../../json-value.ts';
import type { Verb } from '../verb.ts';

/** https://docs.aws.amazon.com/scheduler/latest/APIReference/API_DeleteScheduleGroup.html */
export const deleteScheduleGroup: Verb = (store, { input, authorize }) => {
  const name = required(stringAt(input, 'Name'), 'Name');
  authorize?.('scheduler:DeleteScheduleGroup', store.schedules.groupArnOf(name));
  return store.once(stringAt(input, 'ClientToken'), `DeleteGroup ${name}`, () => {
    store.deleteGroup(name);
    return {};
  });
};
