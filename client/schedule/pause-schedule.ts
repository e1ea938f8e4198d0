import type { ClientContext } from '../client-context.ts';
import { updateSchedule } from '../scheduler-calls.ts';
import { beginFrom } from './begin-from.ts';
import { noSchedule, requireSchedule } from './find-schedule.ts';
import { expressionOf, type Schedule, toSchedule } from './schedule.ts';

/**
 * UpdateSchedule replaces all that is said of a schedule, so that what is there is said again.
 *
 * @throws Error when there is none of the key
 */
export async function setPaused(context: ClientContext, key: string, paused: boolean): Promise<Schedule> {
  const { resource } = await requireSchedule(context, key);
  const nowMs = context.clock.now();
  const State = paused ? 'DISABLED' : 'ENABLED';
  const { GroupName, Name, ScheduleExpression, ScheduleExpressionTimezone, EndDate, Target } = resource;
  const begin = beginFrom(expressionOf(resource), resource.StartDate, nowMs);
  const { ActionAfterCompletion, FlexibleTimeWindow } = resource;
  const changed = {
    GroupName,
    Name,
    ScheduleExpression,
    ScheduleExpressionTimezone,
    ...(begin && { StartDate: begin }),
    EndDate,
    ActionAfterCompletion,
    FlexibleTimeWindow,
    Target,
    State,
  } as const;
  if (!(await updateSchedule(context, changed))) throw noSchedule(key, [`${GroupName}`]);
  return toSchedule({ ...resource, ...changed, StartDate: begin }, nowMs);
}
