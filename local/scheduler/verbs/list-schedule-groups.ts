import { stringAt } from '../../json-value.ts';
import { groupAnswer } from '../group-answer.ts';
import { pageOf } from '../page.ts';
import type { Verb } from '../verb.ts';

/** https://docs.aws.amazon.com/scheduler/latest/APIReference/API_ListScheduleGroups.html */
export const listScheduleGroups: Verb = (store, { input, authorize }) => {
  authorize?.('scheduler:ListScheduleGroups', '*');
  const prefix = stringAt(input, 'NamePrefix') ?? '';
  const { page, ...more } = pageOf(
    store.groups().filter(({ name }) => name.startsWith(prefix)),
    input,
  );
  return { ScheduleGroups: page.map(groupAnswer), ...more };
};
