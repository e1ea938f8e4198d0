import { expect, test } from 'vitest';
import { readBatchItemFailures } from '../../../local/event-sources/batch-item-failures.ts';

const IDS = new Set(['a', 'b']);

// https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html#services-sqs-batchfailurereporting
test.each([
  { what: 'null', answer: null },
  { what: 'an empty answer', answer: {} },
  { what: 'a null list', answer: { batchItemFailures: null } },
  { what: 'an empty list', answer: { batchItemFailures: [] } },
])('takes $what for the success of all', ({ answer }) => {
  expect(readBatchItemFailures(answer, IDS)).toEqual(new Set());
});

test.each([
  { what: 'an empty identifier', answer: { batchItemFailures: [{ itemIdentifier: '' }] } },
  { what: 'a null identifier', answer: { batchItemFailures: [{ itemIdentifier: null }] } },
  { what: 'a wrong key', answer: { batchItemFailures: [{ messageId: 'a' }] } },
  { what: 'a bare identifier', answer: { batchItemFailures: ['a'] } },
  {
    what: 'an unknown identifier beside a known',
    answer: { batchItemFailures: [{ itemIdentifier: 'a' }, { itemIdentifier: 'z' }] },
  },
  { what: 'a list that is none', answer: { batchItemFailures: 'a' } },
  { what: 'a text', answer: 'OK' },
])('takes $what for the failure of all', ({ answer }) => {
  expect(readBatchItemFailures(answer, IDS)).toBe('all');
});

test('names the failed messages, each once', () => {
  const answer = { batchItemFailures: [{ itemIdentifier: 'b' }, { itemIdentifier: 'b' }] };
  expect(readBatchItemFailures(answer, IDS)).toEqual(new Set(['b']));
});
