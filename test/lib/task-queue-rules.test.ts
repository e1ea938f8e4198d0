import { Duration, Lazy } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import type { TaskQueueProps } from '../../lib/index.ts';
import { newQueue, newStack, newTask, synthesize } from './stack.ts';

const slow = (timeout: '60s' | '120s' | '800s') => [newTask({ timeout })];
const longRetries = [
  newTask({ retry: { attempts: 10, backoff: { type: 'fixed', delay: '12h' } }, timeout: '1s' }),
];

test.each<[string, Partial<TaskQueueProps>, string]>([
  ['no task', { tasks: [] }, 'tasks must name at least one task, got []'],
  [
    'a task named twice',
    { tasks: [newTask(), newTask(), newTask({ name: 'other' })] },
    "tasks must have each name once, got 'send-welcome-email' more than once; rename or remove one",
  ],
  [
    'retries that outlast the retention',
    { tasks: longRetries },
    "retentionPeriod must be at least 475210s, the longest that retries of task 'send-welcome-email' can last and a " +
      "day, got 4d; raise retentionPeriod (at most 14d), or lower the task's attempts or backoff",
  ],
  [
    'messages that are deleted before they are dead-lettered, of a function that never starts',
    { tasks: [newTask({ timeout: '80s', retry: { attempts: 10 } })], fifo: true },
    'retentionPeriod must be at least 148h, as long as a message of a function that never starts needs to be ' +
      'dead-lettered (maxReceiveCount 110 × visibilityTimeout 4818s), got 4d; raise it (at most 14d), or lower ' +
      "visibilityTimeout, the tasks' timeouts or attempts, or batchSize, or SQS deletes it",
  ],
  [
    'a run that is forgotten before its last copy is gone',
    { tasks: [newTask({ retention: { succeeded: '17d' } })] },
    "retention.succeeded of task 'send-welcome-email' must be at least 18d, as long as a copy of its message can last " +
      'in the queue (4d) and then in the dead-letter queue (14d), got 17d; raise it, or lower retentionPeriod or ' +
      'deadLetterRetentionPeriod',
  ],
  [
    'a timeout shorter than a task’s',
    { tasks: slow('60s'), timeout: Duration.seconds(60) },
    'timeout must be at least 63s (1m, the longest task timeout, and 3s of margin), got 1m; raise timeout or lower the ' +
      "task's timeout",
  ],
  [
    'a FIFO timeout too short for its batch',
    { tasks: slow('60s'), fifo: true, batchSize: 2, timeout: Duration.seconds(100) },
    'timeout must be at least 123s (1m, the longest task timeout, × 2 records of a FIFO batch and 3s of margin), got ' +
      "100s; raise timeout or lower the task's timeout or batchSize",
  ],
  [
    'a FIFO batch that no function has time for',
    { tasks: slow('120s'), fifo: true },
    'timeout must be from 1s to 900s, got 1203s (2m, the longest task timeout, × 10 records of a FIFO batch and 3s of ' +
      'margin); lower batchSize to 7',
  ],
  [
    'a timeout above Lambda’s',
    { timeout: Duration.minutes(16) },
    'timeout must be from 1s to 900s, got 960s (30s, the longest task timeout, and 3s of margin); lower timeout',
  ],
  [
    'a visibility timeout below six timeouts',
    { visibilityTimeout: Duration.seconds(30) },
    'visibilityTimeout must be at least 6 × the function timeout (33s) and the batching window (0s), 198s, got 30s; ' +
      'raise visibilityTimeout or lower timeout',
  ],
  [
    'a visibility timeout that leaves the window out',
    { visibilityTimeout: Duration.seconds(198), maxBatchingWindow: Duration.seconds(10) },
    'visibilityTimeout must be at least 6 × the function timeout (33s) and the batching window (10s), 208s, got 198s',
  ],
  [
    'a visibility timeout above 12 hours',
    { visibilityTimeout: Duration.hours(13) },
    'visibilityTimeout must be at most 43200s, got 46800s; lower it',
  ],
  [
    'a retention above 14 days',
    { retentionPeriod: Duration.days(15) },
    'retentionPeriod must be from 1m to 14d, got 15d',
  ],
  [
    'a dead-letter retention above 14 days',
    { deadLetterRetentionPeriod: Duration.days(15) },
    'deadLetterRetentionPeriod must be from 1m to 14d, got 15d; choose one in the range',
  ],
  [
    'a dead-letter queue that forgets first',
    { retentionPeriod: Duration.days(5), deadLetterRetentionPeriod: Duration.days(5) },
    'retentionPeriod must be less than that of the dead-letter queue (5d), got 5d',
  ],
  [
    'a delay above 15 minutes',
    { deliveryDelay: Duration.minutes(16) },
    'deliveryDelay must be at most 900s, got 960s; lower it',
  ],
  [
    'a delay after which each run is too old',
    { deliveryDelay: Duration.minutes(5), tasks: [newTask({ name: 'fresh', maxAge: '5m' })] },
    "deliveryDelay must be below maxAge of task 'fresh', 5m, or each of its runs is too old when it comes, got 5m; lower it",
  ],
  [
    'a grace longer than the retention',
    { unknownTaskGrace: Duration.days(4) },
    'unknownTaskGrace must be less than retentionPeriod (4d), got 4d; lower it, or SQS deletes such messages',
  ],
  [
    'a batch of none',
    { batchSize: 0 },
    'batchSize must be a whole number from 1 to 10000, got 0; choose one in the range',
  ],
  ['half a record', { batchSize: 2.5 }, 'batchSize must be a whole number from 1 to 10000, got 2.5'],
  [
    'a large batch without a window',
    { batchSize: 11 },
    'batchSize must be at most 10 without a batching window, got 11; lower it or set maxBatchingWindow to 1 second or more',
  ],
  [
    'a large FIFO batch',
    { batchSize: 11, fifo: true },
    'batchSize must be a whole number from 1 to 10 on a FIFO queue, got 11; choose one in the range',
  ],
  [
    'a FIFO window',
    { maxBatchingWindow: Duration.seconds(5), fifo: true },
    'maxBatchingWindow must not be set on a FIFO queue (Lambda has none there), got 5s; remove it',
  ],
  [
    'a window above 5 minutes',
    { maxBatchingWindow: Duration.minutes(6) },
    'maxBatchingWindow must be at most 300s, got 360s; lower it',
  ],
  [
    'one invocation at a time',
    { maxConcurrency: 1 },
    'maxConcurrency must be a whole number from 2 to 1000, got 1; to run one task at a time, make the queue FIFO and ' +
      'send with one group key',
  ],
  [
    'too many invocations',
    { maxConcurrency: 1001 },
    'maxConcurrency must be a whole number from 2 to 1000, got 1001',
  ],
  [
    'more invocations than are reserved',
    { maxConcurrency: 6, reservedConcurrentExecutions: 5 },
    'maxConcurrency must be at most reservedConcurrentExecutions (5), got 6; lower maxConcurrency or reserve more',
  ],
  ['no record at a time', { concurrency: 0 }, 'concurrency must be a whole number from 1 to 10000, got 0'],
  [
    'a name without room for the dead-letter queue’s',
    { queueName: 'q'.repeat(69) },
    "queueName must leave room for the dead-letter queue's name, which may have 80 characters",
  ],
  [
    'an entry that does not exist',
    { entry: 'src/missing.ts' },
    "entry must be a file that exists, got 'src/missing.ts'",
  ],
])('fails for %s', (_name, props, message) => {
  expect(() => newQueue(newStack(), 'Email', props)).toThrow(`Stack/Email: ${message}`);
});

test('names everything that is wrong at once', () => {
  const props = { maxConcurrency: 1, deliveryDelay: Duration.minutes(20) };

  expect(() => newQueue(newStack(), 'Email', props)).toThrow(
    /Stack\/Email: maxConcurrency .*\nStack\/Email: deliveryDelay /,
  );
});

test.each<[Partial<TaskQueueProps>]>([
  [{ batchSize: 10_000, maxBatchingWindow: Duration.seconds(1) }],
  [{ maxBatchingWindow: Duration.minutes(5) }],
  [{ maxConcurrency: 2 }],
  [{ maxConcurrency: 1000 }],
  [{ maxConcurrency: 5, reservedConcurrentExecutions: 5 }],
  [{ deliveryDelay: Duration.minutes(15) }],
  [{ visibilityTimeout: Duration.seconds(198) }],
  [{ visibilityTimeout: Duration.hours(12) }],
  [{ tasks: longRetries, retentionPeriod: Duration.seconds(475_210) }],
  [{ tasks: [newTask({ retention: { succeeded: '18d' } })] }],
  [{ tasks: slow('60s'), timeout: Duration.seconds(63) }],
  [{ tasks: [newTask({ timeout: '897s' })] }],
  [{ fifo: true, tasks: slow('120s'), batchSize: 7 }],
  [{ queueName: 'q'.repeat(67) }],
])('the limit itself is allowed: %o', props => {
  expect(() => synthesize(props)).not.toThrow();
});

describe('values that only deployment knows', () => {
  const token = Lazy.number({ produce: () => 77 });

  test.each<[Partial<TaskQueueProps>]>([
    [{ maxConcurrency: token }],
    [{ batchSize: token }],
    [{ concurrency: token }],
    [{ unknownTaskGrace: Duration.seconds(token) }],
    [{ retentionPeriod: Duration.seconds(token) }],
    [{ deadLetterRetentionPeriod: Duration.seconds(token) }],
    [{ visibilityTimeout: Duration.seconds(token) }],
    [{ timeout: Duration.seconds(token), visibilityTimeout: Duration.hours(1) }],
    [{ queueName: Lazy.string({ produce: () => 'q'.repeat(60) }) }],
  ])('pass every rule: %#', props => {
    const stack = newStack();
    newQueue(stack, 'Email', props);

    expect(() => Template.fromStack(stack)).not.toThrow();
  });

  test.each<[Partial<TaskQueueProps>, string]>([
    [{ timeout: Duration.seconds(token) }, 'visibilityTimeout must be given'],
    [{ fifo: true, batchSize: token }, 'timeout must be given'],
  ])('cannot be derived from: %#', (props, message) => {
    expect(() => newQueue(newStack(), 'Email', props)).toThrow(`Stack/Email: ${message}`);
  });
});

test('fails when the consumer’s idempotency is switched off', () => {
  const stack = newStack();
  newQueue(stack).consumer.addEnvironment('POWERTOOLS_IDEMPOTENCY_DISABLED', 'true');

  expect(() => Template.fromStack(stack)).toThrow(
    "Stack/Email: the consumer's environment must not have POWERTOOLS_IDEMPOTENCY_DISABLED: every delivery would run its " +
      'task again; remove it',
  );
});
