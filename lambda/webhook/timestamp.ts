import { type DurationString, parseDuration } from '../../contract/duration.ts';

/** What Stripe, Slack and Standard Webhooks recommend. */
export const DEFAULT_TOLERANCE: DurationString = '5m';

/** @throws RangeError when it is no duration, or none at all: no delivery would ever be in time */
export function parseTolerance(tolerance: DurationString): number {
  const toleranceMs = parseDuration(tolerance, 'tolerance');
  if (toleranceMs > 0) return toleranceMs;
  throw new RangeError(
    `tolerance must be more than 0, got ${tolerance}: no delivery arrives when it is signed; leave it out for 5m`,
  );
}

/**
 * Whether a delivery was signed lately: what somebody has recorded is worth nothing after a while. A clock that is ahead
 * is given the same tolerance.
 *
 * @param seconds since the Unix epoch, as sent
 * @returns true, or why not
 */
export function checkTimestamp(
  seconds: string | undefined,
  receivedAt: Date,
  toleranceMs: number,
): true | string {
  if (seconds === undefined) return 'no timestamp';
  if (!/^\d{1,12}$/.test(seconds)) return 'the timestamp is not in seconds since 1970';
  const ageMs = receivedAt.getTime() - Number(seconds) * 1000;
  if (Math.abs(ageMs) <= toleranceMs) return true;
  const age = Math.round(Math.abs(ageMs) / 1000);
  return `signed ${age} s ${ageMs > 0 ? 'before' : 'after'} it came, more than the ${toleranceMs / 1000} s tolerated`;
}
