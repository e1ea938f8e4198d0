import { GetItemCommand, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import type { Context, SQSRecord } from 'aws-lambda';
import * as z from 'zod';
import type { DeadLetter } from '../../contract/dead-letter.ts';
import type { Envelope } from '../../contract/envelope.ts';
import type { QueueConfig } from '../../contract/environment.ts';
import { parseRunItem, type RunItem, toAttribute } from '../../contract/run-item.ts';
import { defineTask } from '../../contract/task.ts';
import { type ConsumerOptions, createConsumer } from '../../lambda/create-consumer.ts';
import type { TaskHandler } from '../../lambda/handle.ts';
import type { LogLine } from '../../lambda/log.ts';
import type { LocalQueue, ReceivedMessage } from '../../local/sqs/queue-api.ts';
import { PAYLOADS, startLocalAws, TABLE, VISIBILITY_TIMEOUT_SECONDS } from './local-aws.ts';
import { createProcessLife, never } from './process-life.ts';
import { createTestClock, START_MS } from './test-clock.ts';
import { createWire } from './wire.ts';

export { START_MS };

/** Three attempts, ten seconds apart. */
export const greet = defineTask({
  name: 'greet',
  payload: z.object({ name: z.string() }),
  retry: { attempts: 3, backoff: { type: 'fixed', delay: '10s' } },
  retention: { succeeded: '1d', deadLettered: '40d', canceled: '2d' },
});

export const BACKOFF_MS = 10_000;

/** That of a task with the default timeout of 30 s, and the margin. */
export const FUNCTION_TIMEOUT_MS = 33_000;
export const VISIBILITY_TIMEOUT_MS = VISIBILITY_TIMEOUT_SECONDS * 1000;
const RETENTION_SECONDS = 14 * 86_400;
export const UNKNOWN_TASK_GRACE_MS = 300_000;

/** The message body of a run of `greet`. */
export function envelopeOf(runId: string, fields: Partial<Envelope> = {}): Envelope {
  return { v: 1, runId, epoch: 0, task: greet.name, payload: { name: 'Ada' }, depth: 0, ...fields };
}

export interface CloudOptions {
  readonly fifo?: boolean;
  readonly concurrency?: number;
  readonly trackQueued?: boolean;
  readonly functionTimeoutMs?: number;
  /** Whether the queue has a payload bucket. @default false */
  readonly payloads?: boolean;
  /** Of both queues. @default 14 days */
  readonly retentionSeconds?: number;
  readonly random?: () => number;
  readonly metrics?: NonNullable<QueueConfig['consumer']>['metrics'];
  readonly consumer?: Pick<ConsumerOptions, 'hooks' | 'middleware' | 'redact'>;
}

export type Cloud = Awaited<ReturnType<typeof startCloud>>;

/** A task queue's parts, and what Lambda does with its consumer. */
export async function startCloud(options: CloudOptions = {}) {
  const {
    fifo = false,
    functionTimeoutMs = FUNCTION_TIMEOUT_MS,
    retentionSeconds = RETENTION_SECONDS,
  } = options;
  const clock = createTestClock();
  const { queue, deadLetterQueue, connect } = await startLocalAws(clock, fifo, retentionSeconds);
  const { sqs, dynamodb, s3 } = connect();
  const wire = createWire();
  const lines: LogLine[] = [];
  const letters: ReceivedMessage[] = [];
  const config = (tasks: readonly string[]): QueueConfig => ({
    url: queue.url,
    deadLetterUrl: deadLetterQueue.url,
    table: TABLE,
    tasks,
    fifo,
    trackQueued: options.trackQueued ?? true,
    ...(options.payloads && { payloads: PAYLOADS }),
    consumer: {
      concurrency: options.concurrency ?? 10,
      unknownTaskGraceSeconds: UNKNOWN_TASK_GRACE_MS / 1000,
      retentionSeconds,
      ...(options.metrics && { metrics: options.metrics }),
    },
  });
  let process = startProcess([]);

  function startProcess(handlers: readonly TaskHandler[]) {
    const life = createProcessLife();
    const clients = connect();
    const consumer = createConsumer(handlers, {
      queues: [config(handlers.map(({ task }) => task.name))],
      sqs: wire.lead(clients.sqs, life),
      dynamodb: wire.lead(clients.dynamodb, life),
      s3: wire.lead(clients.s3, life),
      clock: life.mortal(clock),
      random: options.random ?? (() => 0.5),
      log: line => lines.push(line),
      ...options.consumer,
    });
    return { handlers, life, consumer };
  }

  /** Does Lambda's part for these messages: invokes the consumer and deletes what it acknowledges. */
  async function invoke(received: readonly ReceivedMessage[], from = queue) {
    if (received.length === 0) return { acknowledged: [], returned: [] };
    const endsAt = clock.now() + functionTimeoutMs;
    const { consumer, life } = process;
    const event = { Records: received.map(message => toRecord(message, from)) };
    const context = { getRemainingTimeInMillis: () => endsAt - clock.now() } as Context;
    const response = await Promise.race([consumer(event, context), life.death]);
    const returned = response?.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier) ?? [];
    const acknowledged = received.filter(({ messageId }) => response && !returned.includes(messageId));
    for (const { receiptHandle } of acknowledged) queue.delete(receiptHandle);
    return { acknowledged: acknowledged.map(({ messageId }) => messageId), returned };
  }

  return {
    clock,
    wire,
    /** Clients that are not the consumer's. */
    clients: { sqs, dynamodb, s3 },
    config,
    queue,
    deadLetterQueue,
    /** What the consumer logged. */
    lines,
    invoke,
    /** Starts the consumer anew, with these handlers. */
    consume(...handlers: readonly TaskHandler[]) {
      process = startProcess(handlers);
    },
    /** Receives up to ten messages and does with them what Lambda does. */
    deliver: (max = 10) => invoke(queue.receive(max)),
    async deliverAfter(ms: number) {
      clock.advance(ms);
      return await invoke(queue.receive(10));
    },
    /** Kills the consumer's process; another serves the next delivery. */
    async crash(): Promise<never> {
      const { life, handlers } = process;
      process = startProcess(handlers);
      life.die();
      return await never;
    },
    /** @returns the message's id */
    async send(body: object | string, group?: string, deduplicationId?: string): Promise<string> {
      const command = new SendMessageCommand({
        QueueUrl: queue.url,
        MessageBody: typeof body === 'string' ? body : JSON.stringify(body),
        MessageGroupId: group,
        MessageDeduplicationId: group && (deduplicationId ?? crypto.randomUUID()),
      });
      return (await sqs.send(command)).MessageId ?? '';
    },
    /** The run's item; rejects when there is none. */
    async item(runId: string): Promise<RunItem> {
      const Key = { runId: toAttribute(runId) };
      const { Item } = await dynamodb.send(
        new GetItemCommand({ TableName: TABLE, Key, ConsistentRead: true }),
      );
      if (!Item) throw new Error(`no run ${runId}`);
      return parseRunItem(Item);
    },
    /** Keys of what lies in the payload bucket. */
    async objects(): Promise<string[]> {
      const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: PAYLOADS }));
      return Contents.map(({ Key = '' }) => Key);
    },
    async items(): Promise<RunItem[]> {
      const { Items = [] } = await dynamodb.send(new ScanCommand({ TableName: TABLE }));
      return Items.map(item => parseRunItem(item));
    },
    async putItem(item: RunItem): Promise<void> {
      const Item = Object.fromEntries(
        Object.entries(item).map(([name, value]: [string, string | number]) => [name, toAttribute(value)]),
      );
      await dynamodb.send(new PutItemCommand({ TableName: TABLE, Item }));
    },
    /** All that ever came to the dead-letter queue. */
    letters(): readonly ReceivedMessage[] {
      for (let more = deadLetterQueue.receive(10); more.length > 0; more = deadLetterQueue.receive(10)) {
        for (const { receiptHandle } of more) deadLetterQueue.delete(receiptHandle);
        letters.push(...more);
      }
      return letters;
    },
  };
}

export const letterIn = ({ body }: Pick<ReceivedMessage, 'body'>): DeadLetter => JSON.parse(body);

/** A record as Lambda's event source mapping makes it of a message. */
function toRecord(message: ReceivedMessage, queue: LocalQueue): SQSRecord {
  return {
    messageId: message.messageId,
    receiptHandle: message.receiptHandle,
    body: message.body,
    attributes: message.attributes as unknown as SQSRecord['attributes'],
    messageAttributes: message.messageAttributes as unknown as SQSRecord['messageAttributes'],
    md5OfBody: message.md5OfBody,
    eventSource: 'aws:sqs',
    eventSourceARN: queue.arn,
    awsRegion: 'eu-west-1',
  };
}
