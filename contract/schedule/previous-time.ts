import { nextTimes } from './next-times.ts';
import type { Schedule } from './schedule.ts';

export interface PreviousTimeOptions {
  /** The latest time that is answered. */
  readonly until: Date;
  /** The earliest: when the schedule was made, for one. */
  readonly since: Date;
  /** As for `nextTimes`. */
  readonly start?: Date | undefined;
  readonly end?: Date | undefined;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Looked back over one after the other, so that no schedule has more than some thousand times in one. */
const SPANS_MS = [HOUR_MS, DAY_MS, 31 * DAY_MS, 366 * DAY_MS, Number.POSITIVE_INFINITY];

/** When a schedule fired last, if it did what its expression says. */
export function previousTime(
  schedule: Schedule,
  { until, since, start, end }: PreviousTimeOptions,
): Date | undefined {
  const lastMs = Math.min(
    until.getTime(),
    schedule.kind === 'at' ? Number.POSITIVE_INFINITY : (end ?? until).getTime(),
  );
  for (const spanMs of SPANS_MS) {
    const firstMs = Math.max(lastMs - spanMs, since.getTime());
    const times = nextTimes(schedule, {
      after: new Date(firstMs - 1),
      count: Number.POSITIVE_INFINITY,
      start,
      end: new Date(lastMs),
    });
    // That of a one-time schedule has no end.
    const latest = times.findLast(time => time.getTime() <= lastMs);
    if (latest || firstMs === since.getTime()) return latest;
  }
  return undefined;
}
