import { expect, it } from 'vitest';
import { epochOfRedrive } from '../../client/judge-dead-letter.ts';
import type { RunItem } from '../../contract/run-item.ts';

const run = { runId: 'run', task: 'greet', epoch: 4, attempt: 1, createdAt: 0 };
const deadLettered: RunItem = { ...run, status: 'deadLettered', deadLetterKey: 'key' };
const { deadLetterKey: _, ...withoutKey } = deadLettered;
const discarded: RunItem = { ...withoutKey, discardedAt: 1, discardReason: 'no use' };

it.each<[what: string, item: RunItem | undefined, letterEpoch: number, expected: number | undefined]>([
  ['its run is unknown', undefined, 5, 5],
  ['it is the letter of the life that ended', deadLettered, 5, 5],
  ['it begins a life that another redrive has named', deadLettered, 6, 6],
  ['SQS moved a copy of the message that was given up', deadLettered, 4, 5],
  ['SQS moved the message of a queued run', { ...run, status: 'queued' }, 4, 4],
  ['SQS moved the message of a run whose process died', { ...run, status: 'running' }, 4, 4],
  ['SQS moved the message of a retrying run', { ...run, status: 'retrying' }, 4, 4],
  ['a run with the same key has begun anew', { ...run, status: 'running' }, 5, 5],
  ['the run was redriven by another copy', deadLettered, 3, undefined],
  ['the run is at work in a later life', { ...run, status: 'running' }, 3, undefined],
  ['the run has succeeded', { ...run, status: 'succeeded' }, 5, undefined],
  ['the run was canceled', { ...run, status: 'canceled' }, 5, undefined],
  ['the run was discarded', discarded, 5, undefined],
  ['the run was given up again after it was discarded', { ...discarded, deadLetterKey: 'key' }, 5, 5],
])('when %s, a letter is sent in the right epoch, or is stale', (_, item, letterEpoch, expected) => {
  expect(epochOfRedrive(letterEpoch, item)).toBe(expected);
});
