import { SCHEDULER } from '../../contract/limits.ts';
import type { ClientContext } from '../client-context.ts';
import { cursorOf, readCursor } from '../list-cursor.ts';
import { pageSizeOf } from '../page-size.ts';
import { getSchedule, listSchedules } from '../scheduler-calls.ts';
import { scheduleGroups } from './find-schedule.ts';
import { type Schedule, toSchedule } from './schedule.ts';
import { prefixOfKeys } from './schedule-key.ts';

export interface ScheduleListOptions {
  /** What the keys begin with. @default all of them */
  readonly prefix?: string;
  /**
   * Schedules of a page, 1 to 100. Each is read by a request of its own.
   * @default 50
   */
  readonly limit?: number;
  /** Of the page before. */
  readonly cursor?: string;
}

export interface SchedulePage {
  /** By queue, and by key within one. A page may hold fewer than its limit. */
  readonly schedules: readonly Schedule[];
  /** For the next page; absent on the last. */
  readonly cursor?: string;
}

export async function listAllSchedules(
  context: ClientContext,
  { prefix = '', limit, cursor }: ScheduleListOptions,
): Promise<SchedulePage> {
  const size = pageSizeOf(limit, SCHEDULER.maxResults);
  const groups = scheduleGroups(context);
  const { group, token } = positionOf(cursor, groups);
  const { Schedules = [], NextToken } = await listSchedules(context, {
    GroupName: group,
    NamePrefix: prefixOfKeys(prefix),
    MaxResults: size,
    ...(token !== undefined && { NextToken: token }),
  });
  const found = await Promise.all(
    Schedules.flatMap(({ Name }) => (Name === undefined ? [] : [getSchedule(context, group, Name)])),
  );
  const nowMs = context.clock.now();
  // One that was deleted in between is left out.
  const schedules = found.flatMap(resource => (resource ? [toSchedule(resource, nowMs)] : []));
  const next = NextToken === undefined ? groups[groups.indexOf(group) + 1] : group;
  return { schedules, ...(next !== undefined && { cursor: cursorOf([next, NextToken ?? null]) }) };
}

interface Position {
  readonly group: string;
  /** Of EventBridge Scheduler's. */
  readonly token?: string;
}

/** @throws RangeError when the cursor is not one of this listing */
function positionOf(cursor: string | undefined, groups: readonly string[]): Position {
  const [first = ''] = groups;
  if (cursor === undefined) return { group: first };
  const [group, token] = readCursor(cursor);
  if (typeof group !== 'string' || !groups.includes(group) || (token !== null && typeof token !== 'string')) {
    throw new RangeError(
      `cursor must be one that schedules.list answered, unchanged, got '${cursor}'; leave it out for the first page`,
    );
  }
  return { group, ...(token !== null && { token }) };
}
