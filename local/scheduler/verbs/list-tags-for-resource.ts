import { required, stringAt } from '../../json-value.ts';
import type { Verb } from '../verb.ts';

/** https://docs.aws.amazon.com/scheduler/latest/APIReference/API_ListTagsForResource.html */
export const listTagsForResource: Verb = (store, { input, authorize }) => {
  const arn = required(stringAt(input, 'ResourceArn'), 'ResourceArn');
  authorize?.('scheduler:ListTagsForResource', arn);
  return { Tags: [...store.groupByArn(arn).tags].map(([Key, Value]) => ({ Key, Value })) };
};
