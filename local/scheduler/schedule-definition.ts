import { parseSchedule, type Schedule } from '../../contract/schedule/schedule.ts';
import { checkFlexibleWindow, checkScheduleName } from '../../contract/schedule/schedule-rules.ts';
import {
  type JsonObject,
  numberAt,
  objectAt,
  oneOfAt,
  onlyKnown,
  required,
  stringAt,
} from '../json-value.ts';
import { StartError } from '../start-error.ts';
import { readTarget, type Target } from './target-definition.ts';

/** A schedule as it was asked for, read and checked. */
export interface ScheduleDefinition {
  /** The request's own members, for answers and for keeping it. */
  readonly input: JsonObject;
  readonly name: string;
  readonly groupName: string;
  readonly schedule: Schedule;
  readonly start: Date | undefined;
  readonly end: Date | undefined;
  readonly enabled: boolean;
  /** 0 when it is off. */
  readonly flexibleWindowMinutes: number;
  readonly deleteAfterCompletion: boolean;
  readonly target: Target;
}

const MEMBERS = [
  'ActionAfterCompletion',
  'Description',
  'EndDate',
  'FlexibleTimeWindow',
  'GroupName',
  'KmsKeyArn',
  'Name',
  'ScheduleExpression',
  'ScheduleExpressionTimezone',
  'StartDate',
  'State',
  'Target',
];

/**
 * From the parameters of CreateSchedule, which are also a template's properties.
 * https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateSchedule.html
 *
 * @throws StartError or RangeError for what Scheduler would refuse
 */
export function readScheduleDefinition({ ClientToken: _, ...input }: JsonObject): ScheduleDefinition {
  onlyKnown(input, MEMBERS);
  const expression = required(stringAt(input, 'ScheduleExpression'), 'ScheduleExpression');
  const window = required(objectAt(input, 'FlexibleTimeWindow'), 'FlexibleTimeWindow');
  return {
    input,
    name: checkScheduleName(required(stringAt(input, 'Name'), 'Name'), 'Name'),
    groupName: checkScheduleName(stringAt(input, 'GroupName') ?? 'default', 'GroupName'),
    schedule: parseSchedule(
      expression,
      stringAt(input, 'ScheduleExpressionTimezone') ?? 'UTC',
      'ScheduleExpression',
    ),
    ...readPeriod(input),
    enabled: oneOfAt(input, 'State', ['ENABLED', 'DISABLED']) !== 'DISABLED',
    flexibleWindowMinutes: readWindow(window),
    deleteAfterCompletion: oneOfAt(input, 'ActionAfterCompletion', ['NONE', 'DELETE']) === 'DELETE',
    target: readTarget(required(objectAt(input, 'Target'), 'Target')),
  };
}

function readWindow(window: JsonObject): number {
  const mode = required(oneOfAt(window, 'Mode', ['OFF', 'FLEXIBLE']), 'FlexibleTimeWindow.Mode');
  const minutes = numberAt(window, 'MaximumWindowInMinutes');
  if (mode === 'FLEXIBLE') {
    return checkFlexibleWindow(
      required(minutes, 'FlexibleTimeWindow.MaximumWindowInMinutes'),
      'FlexibleTimeWindow.MaximumWindowInMinutes',
    );
  }
  if (minutes === undefined) return 0;
  throw new StartError(
    `FlexibleTimeWindow.MaximumWindowInMinutes needs the mode FLEXIBLE, got ${minutes} with OFF`,
  );
}

function readPeriod(input: JsonObject): { start: Date | undefined; end: Date | undefined } {
  const [start, end] = [readDate(input, 'StartDate'), readDate(input, 'EndDate')];
  if (start && end && end <= start) {
    throw new StartError(
      `EndDate must be after StartDate, got ${end.toISOString()} and ${start.toISOString()}`,
    );
  }
  return { start, end };
}

/** The API sends seconds since the epoch, a template has ISO 8601. */
function readDate(input: JsonObject, key: string): Date | undefined {
  const value = input[key];
  if (value === undefined || value === null) return undefined;
  const date = new Date(typeof value === 'number' ? value * 1000 : String(value));
  if (Number.isNaN(date.getTime()))
    throw new StartError(`${key} must be a time, got ${JSON.stringify(value)}`);
  return date;
}
