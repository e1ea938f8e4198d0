import { isDiscarded, type RunItem } from '../contract/run-item.ts';
import type { ClientContext } from './client-context.ts';
import type { QueuedDeadLetter } from './queued-dead-letter.ts';
import { readRuns } from './read-runs.ts';

/**
 * The epoch in which a letter of this epoch must be sent to redrive its run; undefined when the letter is stale.
 * Epochs only rise and a good end is for ever, so what is stale once stays so, whoever writes in the meantime.
 *
 * | the run's item | then |
 * | --- | --- |
 * | absent | as it is |
 * | succeeded, canceled, or discarded | stale |
 * | in a higher epoch | stale: redriven by another copy |
 * | dead-lettered in the letter's own epoch | in the next: SQS moved a copy of the message that was given up |
 * | in the same epoch, not ended | as it is: SQS moved the run's one message, or a copy, which does no harm |
 * | in a lower epoch | as it is: the letter has the epoch of the redrive |
 */
export function epochOfRedrive(letterEpoch: number, item: RunItem | undefined): number | undefined {
  if (item === undefined) return letterEpoch;
  if (item.status === 'succeeded' || item.status === 'canceled' || isDiscarded(item)) return undefined;
  if (item.epoch > letterEpoch) return undefined;
  return item.status === 'deadLettered' && item.epoch === letterEpoch ? letterEpoch + 1 : letterEpoch;
}

export interface JudgedLetter {
  readonly letter: QueuedDeadLetter;
  readonly item: RunItem | undefined;
  /** Undefined when the letter is stale. */
  readonly epoch: number | undefined;
}

/** @param letters at most 100, of one queue */
export async function judgeLetters(
  context: ClientContext,
  letters: readonly QueuedDeadLetter[],
): Promise<readonly JudgedLetter[]> {
  const table = letters[0]?.queue.table;
  if (table === undefined) return [];
  const runIds = new Set(letters.map(({ envelope }) => envelope.runId));
  const items = new Map(
    (await readRuns(context, table, [...runIds])).map(item => [item.runId, item] as const),
  );
  return letters.map(letter => {
    const item = items.get(letter.envelope.runId);
    return { letter, item, epoch: epochOfRedrive(letter.envelope.epoch, item) };
  });
}
