import { required, stringAt } from '../../json-value.ts';
import { groupAnswer } from '../group-answer.ts';
import type { Verb } from '../verb.ts';

/** https://docs.aws.amazon.com/scheduler/latest/APIReference/API_GetScheduleGroup.html */
export const getScheduleGroup: Verb = (store, { input, authorize }) => {
  const name = required(stringAt(input, 'Name'), 'Name');
  authorize?.('scheduler:GetScheduleGroup', store.schedules.groupArnOf(name));
  return groupAnswer(store.group(name));
};
