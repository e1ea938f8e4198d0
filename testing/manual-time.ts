import type { ReceiveMessageCommandInput, ReceiveMessageCommandOutput, SQSClient } from '@aws-sdk/client-sqs';
import type { Clock } from '../contract/clock.ts';
import { type DurationString, parseDuration } from '../contract/duration.ts';
import type { ManualClock } from '../local/time/manual-clock.ts';

/** How much time is to pass: `'3d'`, milliseconds, or up to a moment. */
export type TimeSpan = DurationString | number | Date;

/** The time of an app, which stands still while nobody lets it pass. */
export interface ManualTime {
  now(): Date;
  /**
   * Lets time pass. All that is due meanwhile happens at its own time and in its order: time goes on only once nothing
   * is left to do at the time it is. Resolves when nothing is left to do at the end, either.
   *
   * @throws RangeError for a span that is no span, or a moment that has passed
   */
  advance(by: TimeSpan): Promise<void>;
  /** Resolves once nothing is left to do at this time: what was sent has been delivered, and handlers only wait. */
  idle(): Promise<void>;
}

export function manualTime(clock: ManualClock): ManualTime {
  return {
    now: () => new Date(clock.now()),
    advance: async by => clock.advanceTo(momentAfter(clock.now(), by)),
    idle: clock.idle,
  };
}

/** Of a client that the test uses: while it waits, time passes, since nobody else would let it. */
export function timeOfTheTest(clock: ManualClock): Clock {
  return {
    now: clock.now,
    async sleep(delayMs, signal) {
      signal?.throwIfAborted();
      await clock.advanceTo(clock.now() + delayMs);
      signal?.throwIfAborted();
    },
  };
}

/** Nobody lets time pass while the test's own client is in a long poll: it looks, waits by that clock, and looks again. */
export function pollByClock(sqs: SQSClient, clock: Clock): void {
  sqs.middlewareStack.add(
    next => async args => {
      const { WaitTimeSeconds = 0 } = args.input as Partial<ReceiveMessageCommandInput>;
      if (WaitTimeSeconds === 0) return await next(args);
      const look = () => next({ ...args, input: { ...args.input, WaitTimeSeconds: 0 } });
      const seen = await look();
      if ((seen.output as ReceiveMessageCommandOutput).Messages?.length) return seen;
      await clock.sleep(WaitTimeSeconds * 1000);
      return await look();
    },
    { step: 'initialize' },
  );
}

function momentAfter(nowMs: number, by: TimeSpan): number {
  if (typeof by === 'string') return nowMs + parseDuration(by, 'advance');
  if (typeof by === 'number') {
    if (Number.isFinite(by) && by >= 0) return nowMs + by;
    throw new RangeError(
      `advance takes 0 or more milliseconds, a duration such as '3d', or a Date; got ${by}`,
    );
  }
  const atMs = by.getTime();
  if (atMs >= nowMs) return atMs;
  const got = Number.isNaN(atMs) ? 'an invalid Date' : by.toISOString();
  throw new RangeError(`advance takes a moment from now (${new Date(nowMs).toISOString()}) on; got ${got}`);
}
