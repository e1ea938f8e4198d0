import type { GetScheduleCommandOutput } from '@aws-sdk/client-scheduler';
import { decodeMessage } from '../../contract/envelope.ts';
import { toFiredMessage } from '../../contract/firing.ts';
import { toMessageBody } from '../../contract/message-body.ts';
import { newRunId } from '../../contract/run-id.ts';
import { parseSchedule, type Schedule } from '../../contract/schedule/schedule.ts';
import { StartError } from '../../local/start-error.ts';

/** A schedule of EventBridge Scheduler, as a person knows it. */
export interface KnownSchedule {
  /** The construct's path, the key that an application gave, or else what EventBridge Scheduler calls it. */
  readonly name: string;
  readonly scheduleName: string;
  readonly group: string;
  readonly arn: string;
  /** The task that it sends; absent when it does something else. */
  readonly task?: string;
  readonly target: Target;
  readonly expression: string;
  /** The expression, read; absent when it is one that only AWS understands. */
  readonly times?: Schedule;
  readonly timeZone: string;
  readonly enabled: boolean;
  readonly start?: Date;
  readonly end?: Date;
  /** Each firing comes at some moment of so many minutes. */
  readonly flexibleWindowMinutes?: number;
  readonly createdAt: Date;
  readonly modifiedAt: Date;
}

interface Target {
  readonly arn: string;
  readonly input: string;
  readonly messageGroupId?: string;
}

export function toKnownSchedule(found: GetScheduleCommandOutput): KnownSchedule {
  const { Name = '', GroupName = '', Arn: arn = '', Target, StartDate, EndDate, State } = found;
  const { ScheduleExpression = '', ScheduleExpressionTimezone: timeZone = 'UTC' } = found;
  const { CreationDate = new Date(0), LastModificationDate = CreationDate } = found;
  const { MessageGroupId: messageGroupId } = Target?.SqsParameters ?? {};
  const target = {
    arn: Target?.Arn ?? '',
    input: Target?.Input ?? '',
    ...(messageGroupId !== undefined && { messageGroupId }),
  };
  const flexibleWindowMinutes = found.FlexibleTimeWindow?.MaximumWindowInMinutes;
  const { envelope, malformed } = decodeMessage(messageOf({ arn, target }, CreationDate), Name);
  const times = readExpression(ScheduleExpression, timeZone);
  return {
    name: envelope.schedule?.name ?? Name,
    ...{ scheduleName: Name, group: GroupName, arn, target, timeZone },
    ...(malformed === undefined && isQueue(target.arn) && { task: envelope.task }),
    expression: ScheduleExpression,
    ...(times && { times }),
    enabled: State !== 'DISABLED',
    ...(StartDate && { start: StartDate }),
    ...(EndDate && { end: EndDate }),
    ...(flexibleWindowMinutes !== undefined && { flexibleWindowMinutes }),
    createdAt: CreationDate,
    modifiedAt: LastModificationDate,
  };
}

const isQueue = (arn: string) => /^arn:[^:]+:sqs:/.test(arn);

/** What its firing at that time sends. */
function messageOf({ arn, target }: Pick<KnownSchedule, 'arn' | 'target'>, at: Date): string {
  return toFiredMessage(target.input, { arn, at: at.toISOString().replace(/\.\d+Z$/, 'Z') });
}

/** The run of its firing at that time; undefined when nobody can know before it is there. */
export function runIdOf(schedule: KnownSchedule, at: Date): string | undefined {
  const { envelope, malformed, anonymous } = decodeMessage(messageOf(schedule, at), '');
  return malformed === undefined && !anonymous ? envelope.runId : undefined;
}

/**
 * What it would send now, as a run of its own: by the identity of a firing it could be taken for one that is due.
 *
 * @throws StartError for one that sends no task
 */
export function runNow(
  schedule: KnownSchedule,
  now: Date,
): { readonly runId: string; readonly body: string } {
  const { envelope } = decodeMessage(messageOf(schedule, now), '');
  if (schedule.task === undefined) {
    throw new StartError(
      `schedule ${schedule.name} sends no task, but something else to ${schedule.target.arn}; only tasks are sent by hand`,
    );
  }
  const { idempotencyKey: _, ...fired } = envelope;
  const runId = newRunId(now.getTime());
  return { runId, body: toMessageBody({ ...fired, runId }) };
}

function readExpression(expression: string, timeZone: string): Schedule | undefined {
  try {
    return parseSchedule(expression, timeZone);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
