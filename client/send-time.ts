import { type DurationString, formatDuration, parseDuration } from '../contract/duration.ts';
import type { QueueConfig } from '../contract/environment.ts';
import { SQS } from '../contract/limits.ts';

/** When a run is to begin; at most one of the two. */
export interface SendTimeOptions {
  /**
   * How long the run waits before its first attempt. Up to 15 minutes in the queue; longer, and on a FIFO queue always,
   * in EventBridge Scheduler, which is exact to the minute and needs the queue's `grantSchedule`.
   * @default none but the queue's own
   */
  readonly delay?: DurationString;
  /** The moment of the first attempt, instead of a delay. */
  readonly at?: Date;
}

/** The time of a send, and who holds it until then. */
export interface SendTime {
  /** Milliseconds since the epoch; absent when the run is to begin at once. */
  readonly scheduledFor?: number;
  /** Where the queue holds it. */
  readonly delaySeconds?: number;
  /** Whether EventBridge Scheduler holds it. */
  readonly byScheduler?: boolean;
}

/** The end of AWS's calendar. https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html */
const LATEST_MS = Date.UTC(2199, 11, 31);

/**
 * @param option names an option, for the messages
 * @throws RangeError when the time is past, or no time, or needs EventBridge Scheduler and the queue has none
 */
export function resolveSendTime(
  { delay, at }: SendTimeOptions,
  queue: QueueConfig,
  nowMs: number,
  option: (name: string) => string,
): SendTime {
  if (delay === undefined && at === undefined) return {};
  const scheduledFor = resolveTimeOf({ delay, at }, nowMs, option);
  const time = timeAt(scheduledFor, queue, nowMs);
  if (time.byScheduler && queue.schedules === undefined) {
    const why = queue.fifo
      ? 'SQS delays a FIFO queue as a whole, not a message'
      : `SQS delays a message by at most ${formatDuration(SQS.maxDelaySeconds * 1000)}`;
    throw new RangeError(
      `${option(at ? 'at' : 'delay')} needs EventBridge Scheduler, for ${why}, got ${at?.toISOString() ?? delay}; let the ` +
        "stack call the queue's grantSchedule(fn) in the place of grantSend, or leave it out",
    );
  }
  return time;
}

/** The moment that one of the two options means. @throws RangeError when it is past, or no time */
export function resolveTimeOf(
  { delay, at }: { readonly delay?: DurationString | undefined; readonly at?: Date | undefined },
  nowMs: number,
  option: (name: string) => string,
): number {
  if (delay !== undefined && at !== undefined) {
    throw new RangeError(
      `${option('delay')} and at must not both be given, got ${delay} and ${at}; choose one`,
    );
  }
  const scheduledFor = at?.getTime() ?? nowMs + parseDuration(delay ?? '0s', option('delay'));
  if (!(scheduledFor >= nowMs && scheduledFor <= LATEST_MS)) {
    throw new RangeError(
      `${option(at ? 'at' : 'delay')} must lead to a time from now (${toIso(nowMs)}) to the year 2199, got ` +
        `${at ? toIso(scheduledFor) : delay}; leave it out to send at once`,
    );
  }
  return scheduledFor;
}

/** Who holds a send until then. */
export function timeAt(scheduledFor: number, queue: QueueConfig, nowMs: number): SendTime {
  const waitMs = scheduledFor - nowMs;
  if (waitMs <= 0) return {};
  if (queue.fifo || waitMs > SQS.maxDelaySeconds * 1000) return { scheduledFor, byScheduler: true };
  return { scheduledFor, delaySeconds: Math.ceil(waitMs / 1000) };
}

const toIso = (ms: number) => (Number.isNaN(ms) ? 'an invalid date' : new Date(ms).toISOString());
