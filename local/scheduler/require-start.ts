import type { ScheduleDefinition } from './schedule-definition.ts';
import { SchedulerError } from './scheduler-error.ts';

const GRACE_MS = 5 * 60_000;

/**
 * In no document of AWS's, but in its answers; it ignores the start of a one-time schedule. A template's schedule is not
 * asked: when it is started anew here, AWS would have had it all along.
 * https://github.com/getmoto/moto/pull/8172
 */
export function requireStart({ start, schedule }: ScheduleDefinition, nowMs: number): void {
  if (schedule.kind === 'at' || start === undefined || start.getTime() >= nowMs - GRACE_MS) return;
  throw new SchedulerError(
    'ValidationException',
    'The StartDate you specify cannot be earlier than 5 minutes ago.',
  );
}
