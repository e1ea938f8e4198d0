import type { SQSRecord } from 'aws-lambda';

/** When a record of a batch is worked on, and so whether a run may be taken over by it whose process died. */
export interface Turn {
  /**
   * - `first`: the others wait until this one has `begun`
   * - `together`: others may be at work
   * - `last`: the others have settled, so that a run that kills its process takes no neighbour with it
   */
  readonly order: 'first' | 'together' | 'last';
  /** Called when an attempt begins that the others need not wait for. */
  readonly begun?: () => void;
}

export const TOGETHER: Turn = { order: 'together' };
export const LAST: Turn = { order: 'last' };

/**
 * Whether one more attempt on a run whose process died may begin now.
 *
 * At its own turn, first, it does so only once it was returned without an attempt: those that go before it may take
 * so long, each time, that it finds no room after them. Its receives only grow, so at some time it is the first.
 *
 * @param attempts made before
 */
export function mayTakeOver({ order }: Turn, receives: number, attempts: number): boolean {
  return order === 'last' || (order === 'first' && receives > attempts + 1);
}

/** A message received for an attempt, for a takeover that found no room, and now. */
const LEAST_STARVED_RECEIVES = 3;

/** The record that may have waited in vain: the one received most often. */
export function mostStarved(records: readonly SQSRecord[]): SQSRecord | undefined {
  // One that cannot be read must fail alone.
  const receives = ({ attributes }: SQSRecord) => Number(attributes?.ApproximateReceiveCount);
  return records
    .filter(record => receives(record) >= LEAST_STARVED_RECEIVES)
    .sort((one, other) => receives(other) - receives(one))[0];
}
