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
import { checkPayload, payloadToJson } from './schedule-payload.ts';
import type { Rule } from './task-queue-rules.ts';
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
    const broken = [...queueRules(scope, props), ...timeRules(props)].filter(rule => rule.condition);
    if (broken.length > 0) throw new RangeError(broken.map(({ message }) => message).join('; '));
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

function queueRules(scope: Construct, { queue, task, payload, groupKey }: AnyProps): Rule[] {
  const { fifo } = queue.queue;
  const bytes = Buffer.byteLength(
    toScheduleInput(task.name, { name: scope.node.path }, payloadToJson(scope, payload)),
  );
  return [
    {
      condition: !queue.tasks.some(({ name }) => name === task.name),
      message:
        `task must be one of the queue's (${queue.tasks.map(({ name }) => name).join(', ')}), got ${task.name}; add it to ` +
        `the tasks of ${queue.node.path}, or pass the queue that has it`,
    },
    {
      condition: fifo && groupKey === undefined,
      message: `groupKey must be given, for ${queue.node.path} is a FIFO queue and keeps order within a group; give a constant`,
    },
    {
      condition: !fifo && groupKey !== undefined,
      message:
        `groupKey must not be given, got '${groupKey}': EventBridge Scheduler gives a group to messages of FIFO queues ` +
        'only; remove it',
    },
    {
      condition: groupKey !== undefined && !/^[!-~]{1,128}$/.test(groupKey),
      message: `groupKey must be 1 to 128 ASCII letters, digits and punctuation, got '${groupKey}'; send a hash of it`,
    },
    {
      condition: bytes > SCHEDULER.maxInputBytes,
      message:
        `payload must leave the message at most ${SCHEDULER.maxInputBytes} bytes, EventBridge Scheduler's limit, got ` +
        `${bytes}; store it elsewhere and send its key`,
    },
  ];
}

function timeRules({ retryAttempts, maxEventAge }: AnyProps): Rule[] {
  const { maxRetryAttempts, minEventAgeSeconds, maxEventAgeSeconds } = SCHEDULER;
  const ageSeconds = maxEventAge?.toSeconds() ?? minEventAgeSeconds;
  const attempts = retryAttempts ?? 0;
  return [
    {
      condition: !(Number.isInteger(attempts) && attempts >= 0 && attempts <= maxRetryAttempts),
      message: `retryAttempts must be a whole number from 0 to ${maxRetryAttempts}, got ${retryAttempts}; choose one in the range`,
    },
    {
      condition: ageSeconds < minEventAgeSeconds || ageSeconds > maxEventAgeSeconds,
      message:
        `maxEventAge must be from ${minEventAgeSeconds}s to ${maxEventAgeSeconds}s (a day), got ${ageSeconds}s; choose ` +
        'one in the range',
    },
  ];
}
