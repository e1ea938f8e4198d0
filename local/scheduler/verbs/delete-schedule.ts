import { required, stringAt } from '../../json-value.ts';
import type { Verb } from '../verb.ts';

/** https://docs.aws.amazon.com/scheduler/latest/APIReference/API_DeleteSchedule.html */
export const deleteSchedule: Verb = (store, { input, authorize }) => {
  const name = required(stringAt(input, 'Name'), 'Name');
  const groupName = stringAt(input, 'GroupName') ?? 'default';
  const arn = store.schedules.arnOf(groupName, name);
  authorize?.('scheduler:DeleteSchedule', arn);
  return store.once(stringAt(input, 'ClientToken'), `Delete ${arn}`, () => {
    store.schedule(groupName, name);
    store.schedules.remove(arn);
    return {};
  });
};
