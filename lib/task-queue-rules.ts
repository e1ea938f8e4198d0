import type { Construct } from 'constructs';
import { formatDuration } from '../contract/duration.ts';
import { longestRetrySpanMs } from '../contract/retry-policy.ts';
import type { TaskDefinition } from '../contract/task.ts';
import { consumerRules } from './consumer-rules.ts';
import { queueRules } from './queue-rules.ts';
import { checkRules, type Rule } from './rules.ts';
import type { TaskQueueProps } from './task-queue-props.ts';
import type { TaskQueueSettings } from './task-queue-settings.ts';

const DAY_MS = 86_400_000;

/** @throws Error with every rule that is broken, each with the construct's path, the value, the limit and the fix */
export function checkTaskQueue(scope: Construct, props: TaskQueueProps, settings: TaskQueueSettings): void {
  checkRules(scope, [
    ...taskListRules(settings),
    ...settings.tasks.flatMap(task => taskRules(task, settings)),
    ...settings.tasks.flatMap(task => payloadRules(task, props, settings)),
    ...consumerRules(props, settings),
    ...queueRules(props, settings),
  ]);
}

function taskListRules({ tasks }: TaskQueueSettings): Rule[] {
  const names = tasks.map(task => task.name);
  const twice = [...new Set(names.filter((name, index) => names.indexOf(name) !== index))];
  return [
    {
      condition: tasks.length === 0,
      message: 'tasks must name at least one task, got []; a queue without tasks can receive no message',
    },
    {
      condition: twice.length > 0,
      message: `tasks must have each name once, got '${twice.join("', '")}' more than once; rename or remove one`,
    },
  ];
}

function taskRules({ name, policy }: TaskDefinition, settings: TaskQueueSettings): Rule[] {
  const retentionMs = settings.retentionSeconds * 1000;
  const deadLetterRetentionMs = settings.deadLetterRetentionSeconds * 1000;
  const copiesLiveMs = retentionMs + deadLetterRetentionMs;
  const neededMs = longestRetrySpanMs(policy.retry, policy.timeoutMs) + DAY_MS;
  return [
    {
      // SQS deletes a message at its retention's end without dead-lettering it: the run would vanish in mid-retry.
      condition: neededMs > retentionMs,
      message:
        `retentionPeriod must be at least ${formatDuration(neededMs)}, the longest that retries of task '${name}' can ` +
        `last and a day, got ${formatDuration(retentionMs)}; raise retentionPeriod (at most 14d), or lower the task's ` +
        'attempts or backoff',
    },
    {
      condition: settings.deliveryDelaySeconds * 1000 >= (policy.maxAgeMs ?? Number.POSITIVE_INFINITY),
      message:
        `deliveryDelay must be below maxAge of task '${name}', ${formatDuration(policy.maxAgeMs ?? 0)}, or each of its runs ` +
        `is too old when it comes, got ${formatDuration(settings.deliveryDelaySeconds * 1000)}; lower it, or raise maxAge`,
    },
    // A copy that outlives the run's item would find no item, and so run the task again.
    ...Object.entries(policy.retentionMs).map(([outcome, keptMs]) => ({
      condition: keptMs < copiesLiveMs,
      message:
        `retention.${outcome} of task '${name}' must be at least ${formatDuration(copiesLiveMs)}, as long as a copy of ` +
        `its message can last in the queue (${formatDuration(retentionMs)}) and then in the dead-letter queue ` +
        `(${formatDuration(deadLetterRetentionMs)}), got ${formatDuration(keptMs)}; raise it, or lower retentionPeriod ` +
        'or deadLetterRetentionPeriod',
    })),
  ];
}

/** A dead letter can be redriven from the queue, or from its run's item; then its run waits and retries once more. */
function payloadRules(
  { name, policy }: TaskDefinition,
  { payloadBucket }: TaskQueueProps,
  settings: TaskQueueSettings,
): Rule[] {
  const expirationMs = payloadBucket?.expiration?.toMilliseconds() ?? Number.NaN;
  const neededMs = 2 * settings.retentionSeconds * 1000 + policy.retentionMs.deadLettered;
  return [
    {
      condition: expirationMs < neededMs,
      message:
        `expiration of the payload bucket ${payloadBucket?.node.path} must be at least ${formatDuration(neededMs)}, as ` +
        `long as a run of task '${name}' can wait in the queue, then be redriven, and wait there again, got ` +
        `${formatDuration(expirationMs)}; raise it, or lower the task's retention.deadLettered`,
    },
  ];
}
