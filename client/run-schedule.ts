import { randomBytes } from 'node:crypto';
import type { ScheduleConfig } from '../contract/environment.ts';
import { DELIVERY_RETRY, hideContextAttributes } from '../contract/firing.ts';
import type { RunItem } from '../contract/run-item.ts';
import type { ClientContext } from './client-context.ts';
import type { OutgoingMessage } from './prepared-send.ts';
import { createSchedule } from './scheduler-calls.ts';

/**
 * EventBridge Scheduler gives a message group to FIFO queues only. On a standard queue a group is fairness and no order:
 * it is left out.
 */
export function toScheduleTarget(
  { queue, role, deadLetter }: ScheduleConfig,
  { fifo, input, groupKey }: { fifo: boolean; input: string; groupKey: string | undefined },
) {
  return {
    Arn: queue,
    RoleArn: role,
    Input: input,
    DeadLetterConfig: { Arn: deadLetter },
    RetryPolicy: {
      MaximumRetryAttempts: DELIVERY_RETRY.attempts,
      MaximumEventAgeInSeconds: DELIVERY_RETRY.maxAgeSeconds,
    },
    ...(fifo && groupKey !== undefined && { SqsParameters: { MessageGroupId: groupKey } }),
  };
}

/** A message that waits in EventBridge Scheduler for its time. */
export interface ScheduledMessage extends Pick<OutgoingMessage, 'queue' | 'body'> {
  readonly groupKey?: string | undefined;
  readonly scheduledFor: number;
  readonly scheduleName: string;
}

/**
 * Has EventBridge Scheduler send a run's message at its time, and forget it then. One of its name that is there is this
 * one: a first name follows from the run, and another is never used twice.
 */
export async function scheduleMessage(context: ClientContext, message: ScheduledMessage): Promise<void> {
  const { queue, body, groupKey, scheduledFor, scheduleName } = message;
  const schedules = schedulesOf(queue);
  // Nearer ones may be past when they arrive there.
  const atMs = Math.max(scheduledFor, context.clock.now() + SOONEST_MS);
  await createSchedule(context, {
    Name: scheduleName,
    GroupName: schedules.group,
    ...toOneTime(atMs),
    Target: toScheduleTarget(schedules, {
      fifo: queue.fifo === true,
      input: hideContextAttributes(body),
      groupKey,
    }),
  });
}

const SOONEST_MS = 60_000;

/** Fires once, not before that moment, and is deleted then. */
function toOneTime(atMs: number) {
  const atSeconds = new Date(Math.ceil(atMs / 1000) * 1000).toISOString().slice(0, 19);
  return {
    ScheduleExpression: `at(${atSeconds})`,
    ScheduleExpressionTimezone: 'UTC',
    FlexibleTimeWindow: { Mode: 'OFF' as const },
    ActionAfterCompletion: 'DELETE' as const,
  };
}

/** The first schedule of a run's life, so that who sends it again meets the one that is there. */
export function firstScheduleName({ runId, epoch }: Pick<RunItem, 'runId' | 'epoch'>): string {
  return `${runId.slice(0, 40)}.${epoch}`;
}

/** That of a run that was moved: never one that was used before. */
export function nextScheduleName(run: Pick<RunItem, 'runId' | 'epoch'>): string {
  return `${firstScheduleName(run)}.${randomBytes(6).toString('hex')}`;
}

/** Whether a schedule is the one that a run waits in: all others in any group have other names. */
export function isRunScheduleName(name: string): boolean {
  return /^[0-9a-f-]{36,40}\.\d+(\.[0-9a-f]{12})?$/.test(name);
}

export function schedulesOf({
  schedules,
  url,
}: Pick<OutgoingMessage['queue'], 'schedules' | 'url'>): ScheduleConfig {
  if (schedules) return schedules;
  throw new Error(
    `Nothing is known of schedules for ${url}; let the stack call the queue's grantSchedule(fn) for this function, or ` +
      'pass schedules with the queue to createClient({ queues })',
  );
}
