import type { Construct } from 'constructs';
import { toScheduleInput } from '../contract/firing.ts';
import { SCHEDULER } from '../contract/limits.ts';
import { parseSchedule, type Schedule } from '../contract/schedule/schedule.ts';
import {
  checkFires,
  checkFlexibleWindow,
  checkMaxLateness,
  checkMinute,
  checkScheduleName,
} from '../contract/schedule/schedule-rules.ts';
import type { TaskDefinition } from '../contract/task.ts';
import { checkDelivery, deliveryRules } from './delivery-rules.ts';
import type { Rule } from './rules.ts';
import { checkPayload, payloadToJson } from './schedule-payload.ts';
import type { TaskScheduleProps } from './task-schedule-props.ts';

type AnyProps = TaskScheduleProps<TaskDefinition>;

/**
 * @returns the expression, read
 * @throws Error with the construct's path, the prop, its value, what is allowed and the fix
 */
export function checkTaskSchedule(scope: Construct, props: AnyProps, now: Date): Schedule {
  try {
    const schedule = readExpression(props);
    const { scheduleName, flexibleWindow, maxLateness, enabled = true, start, end } = props;
    if (enabled) checkFires(schedule, { now, start, end });
    if (scheduleName !== undefined) checkScheduleName(scheduleName, 'scheduleName');
    if (flexibleWindow) checkFlexibleWindow(flexibleWindow.toMinutes({ integral: false }));
    if (maxLateness) checkMaxLateness(maxLateness.toSeconds(), flexibleWindow?.toSeconds() ?? 0);
    checkPayload(scope, props.task, props.payload);
    checkDelivery([...deliveryRules(props, 'EventBridge Scheduler'), ...payloadRules(scope, props)]);
    return schedule;
  } catch (cause) {
    throw new Error(`${scope.node.path}: ${cause instanceof Error ? cause.message : cause}`, { cause });
  }
}

function readExpression({ schedule: { expressionString, timeZone } }: AnyProps): Schedule {
  const zone = timeZone?.timezoneName;
  // ScheduleExpression.cron fills it in where none is given, and it cannot be told whether it was.
  if (expressionString.startsWith('cron(') && zone === 'Etc/UTC') {
    throw new RangeError(
      "schedule must name its time zone, got none or Etc/UTC, which CDK takes for none; give cron's timeZone, such as " +
        "TimeZone.EUROPE_PARIS, or TimeZone.of('UTC') where UTC is meant",
    );
  }
  const schedule = parseSchedule(expressionString, zone);
  // ScheduleExpression.cron fills in a missing minute, too.
  checkMinute(schedule);
  return schedule;
}

function payloadRules(scope: Construct, { task, payload }: AnyProps): Rule[] {
  const bytes = Buffer.byteLength(
    toScheduleInput(task.name, { name: scope.node.path }, payloadToJson(scope, payload)),
  );
  return [
    {
      condition: bytes > SCHEDULER.maxInputBytes,
      message:
        `payload must leave the message at most ${SCHEDULER.maxInputBytes} bytes, EventBridge Scheduler's limit, got ` +
        `${bytes}; store it elsewhere and send its key`,
    },
  ];
}
