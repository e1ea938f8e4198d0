import { required, stringAt } from '../../json-value.ts';
import { readTags } from '../tags.ts';
import type { Verb } from '../verb.ts';

/** https://docs.aws.amazon.com/scheduler/latest/APIReference/API_TagResource.html */
export const tagResource: Verb = (store, { input, authorize }) => {
  const arn = required(stringAt(input, 'ResourceArn'), 'ResourceArn');
  authorize?.('scheduler:TagResource', arn);
  const { tags } = store.groupByArn(arn);
  for (const [key, value] of readTags(input)) tags.set(key, value);
  return {};
};
