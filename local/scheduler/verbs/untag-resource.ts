import { required, stringAt, stringsAt } from '../../json-value.ts';
import type { Verb } from '../verb.ts';

/** https://docs.aws.amazon.com/scheduler/latest/APIReference/API_UntagResource.html */
export const untagResource: Verb = (store, { input, authorize }) => {
  const arn = required(stringAt(input, 'ResourceArn'), 'ResourceArn');
  authorize?.('scheduler:UntagResource', arn);
  const { tags } = store.groupByArn(arn);
  for (const key of required(stringsAt(input, 'TagKeys'), 'TagKeys')) tags.delete(key);
  return {};
};
