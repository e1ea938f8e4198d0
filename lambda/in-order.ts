import type { Outcome } from './outcome.ts';

/** Lets a record of a group be worked on when its turn has come. */
export type InOrder = (group: string | undefined, work: () => Promise<Outcome>) => Promise<Outcome>;

/** Behind a message of its group that was not finished: SQS will deliver both again in order. */
const BLOCKED: Outcome = { message: 'return', delayMs: 0 };

/**
 * At most `concurrency` records at once; those of one FIFO group one after another, and none of them after one that
 * was not acknowledged.
 */
export function createInOrder(concurrency: number): InOrder {
  const limit = createLimit(concurrency);
  const lastOfGroup = new Map<string, Promise<Outcome>>();
  return (group, work) => {
    if (group === undefined) return limit(work);
    const previous = lastOfGroup.get(group);
    const outcome = previous
      ? previous.then(
          ({ message }) => (message === 'acknowledge' ? limit(work) : BLOCKED),
          () => BLOCKED,
        )
      : limit(work);
    lastOfGroup.set(group, outcome);
    return outcome;
  };
}

function createLimit(concurrency: number) {
  let free = concurrency;
  const waiting: (() => void)[] = [];
  return async <T>(work: () => Promise<T>): Promise<T> => {
    if (free > 0) free--;
    else await new Promise<void>(resolve => waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free++;
    }
  };
}
