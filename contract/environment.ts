import { readVariable } from './read-variable.ts';

/** The one variable through which a function learns its queues. `grantSend` and its like write it. */
export const ENVIRONMENT_VARIABLE = 'BACKGROUND_JOBS';

/** What a producer or a consumer knows of one task queue. Field names are short: Lambda allows 4 KB in all. */
export interface QueueConfig {
  readonly url: string;
  /** The dead-letter queue's URL. */
  readonly deadLetterUrl: string;
  /** The run table's name. */
  readonly table: string;
  /** Names of the tasks that travel through this queue. */
  readonly tasks: readonly string[];
  readonly fifo?: boolean;
  /**
   * Whether a send writes the `queued` row and its entry in the listing index.
   * @default true
   */
  readonly trackQueued?: boolean;
  /** The payload bucket's name, where the queue has one. */
  readonly payloads?: string;
  /** Where EventBridge Scheduler holds what is sent for later; `grantSchedule` writes it. */
  readonly schedules?: ScheduleConfig;
  /** Present in the consumer's own environment only. */
  readonly consumer?: ConsumerConfig;
}

/** What a schedule that an application makes refers to. */
export interface ScheduleConfig {
  /** Name of the group that it is made in. */
  readonly group: string;
  /** ARN of the role that EventBridge Scheduler sends with. */
  readonly role: string;
  /** The queue's ARN. */
  readonly queue: string;
  /** ARN of the queue that gets what could not be delivered. */
  readonly deadLetter: string;
}

export interface ConsumerConfig {
  /** Most records of one batch that are worked on side by side. */
  readonly concurrency: number;
  /** How long messages of an unknown task are retried before they are dead-lettered, in seconds. */
  readonly unknownTaskGraceSeconds: number;
  /**
   * How long SQS keeps a message of this queue, in seconds.
   * @default 4 days, SQS's own default
   */
  readonly retentionSeconds?: number;
  /**
   * Whether metrics are told by queue, or by task as well.
   * @default no metrics
   */
  readonly metrics?: 'queue' | 'task';
}

/** The last part of a queue's URL, as of its ARN. */
export function queueNameOf({ url }: Pick<QueueConfig, 'url'>): string {
  return url.slice(url.lastIndexOf('/') + 1);
}

/** @throws Error naming the variable and the fix, when it is missing or is not what a construct wrote */
export function readEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
): readonly QueueConfig[] {
  return readVariable(environment, {
    name: ENVIRONMENT_VARIABLE,
    fix: 'let the stack call queue.grantSend(fn) for this function, or pass queues to createClient({ queues })',
    expected: 'a list of queues with url, deadLetterUrl, table and tasks',
    fits: isListOfQueues,
  });
}

function isListOfQueues(value: unknown): value is readonly QueueConfig[] {
  return Array.isArray(value) && value.every(isQueueConfig);
}

function isQueueConfig(value: unknown): value is QueueConfig {
  if (typeof value !== 'object' || value === null) return false;
  const { url, deadLetterUrl, table, tasks, payloads = '' } = value as Record<string, unknown>;
  const names = Array.isArray(tasks) ? tasks : [undefined];
  return [url, deadLetterUrl, table, payloads, ...names].every(field => typeof field === 'string');
}
