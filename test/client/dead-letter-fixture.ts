import { SendMessageBatchCommand } from '@aws-sdk/client-sqs';
import type { Context, SQSRecord } from 'aws-lambda';
import { vi } from 'vitest';
import { parseDeadLetterReason, toDeadLetter } from '../../contract/dead-letter.ts';
import type { Envelope } from '../../contract/envelope.ts';
import type { QueueConfig } from '../../contract/environment.ts';
import { toMessageBody } from '../../contract/message-body.ts';
import type { DeadLetterCause, RunError } from '../../contract/run.ts';
import { deadLetterKey, type RunItem } from '../../contract/run-item.ts';
import { createConsumer } from '../../lambda/create-consumer.ts';
import { handle } from '../../lambda/handle.ts';
import type { ReceivedMessage } from '../../local/sqs/queue-api.ts';
import { greet, intercept, START_MS, startCloud } from './cloud-fixture.ts';

export const AN_ERROR: RunError = { name: 'SmtpError', message: 'mailbox full' };

export interface GivenUp {
  readonly epoch?: number;
  readonly task?: string;
  readonly payload?: unknown;
  readonly cause?: DeadLetterCause;
  readonly error?: RunError;
  readonly atMs?: number;
}

export function envelopeFor(runId: string, fields: Partial<Envelope> = {}): Envelope {
  return { v: 1, runId, epoch: 0, task: greet.name, payload: { name: 'Ada' }, depth: 0, ...fields };
}

/** The item of a run as the consumer leaves it when it gives the run up. */
export function givenUpItem(runId: string, givenUp: GivenUp = {}): RunItem {
  const { cause = 'attemptsUsedUp', error = AN_ERROR, atMs = START_MS, ...fields } = givenUp;
  const envelope = envelopeFor(runId, fields);
  const { task, epoch } = envelope;
  return {
    runId,
    task,
    epoch,
    status: 'deadLettered',
    attempt: 1,
    createdAt: START_MS,
    finishedAt: atMs,
    expiresAt: (atMs + greet.policy.retentionMs.deadLettered) / 1000,
    cause,
    error: JSON.stringify(error),
    deadLetterKey: deadLetterKey(task, atMs, runId),
    envelope: toMessageBody(envelope),
  };
}

/** Its letter's body. */
export function letterBody(runId: string, givenUp: GivenUp = {}): string {
  const { cause = 'attemptsUsedUp', error = AN_ERROR, atMs = START_MS, ...fields } = givenUp;
  return toMessageBody(toDeadLetter(envelopeFor(runId, fields), { cause, error, attempts: 1, at: atMs }));
}

export type DeadLetterCloud = Awaited<ReturnType<typeof startDeadLetterCloud>>;

/** A task queue with a consumer of `greet`, and its dead-letter queue. */
export async function startDeadLetterCloud(options: Partial<QueueConfig> = {}) {
  const cloud = await startCloud();
  const queue = cloud.queue(options);
  // No test waits for a long poll's end: the local SQS sees all its messages at once.
  intercept(cloud.sqs, (_, next, input) => {
    if ('WaitTimeSeconds' in input) Object.assign(input, { WaitTimeSeconds: 0 });
    return next();
  });
  const deadLetterQueue = { url: queue.deadLetterUrl };
  const handler = vi.fn<(payload: { name: string }, run: { runId: string; epoch: number }) => unknown>();
  const consumer = createConsumer([handle(greet, handler)], {
    queues: [{ ...queue, tasks: [greet.name], consumer: { concurrency: 10, unknownTaskGraceSeconds: 0 } }],
    sqs: cloud.sqs,
    dynamodb: cloud.dynamodb,
    clock: { now: cloud.clock.now, sleep: () => new Promise(() => {}) },
    log: () => {},
  });

  const sendTo = async (url: string, bodies: readonly string[], group = 'group') => {
    for (let start = 0; start < bodies.length; start += 10) {
      const Entries = bodies.slice(start, start + 10).map((MessageBody, index) => ({
        Id: String(index),
        MessageBody,
        ...(queue.fifo && { MessageGroupId: group, MessageDeduplicationId: crypto.randomUUID() }),
      }));
      await cloud.sqs.send(new SendMessageBatchCommand({ QueueUrl: url, Entries }));
    }
  };

  return {
    ...cloud,
    queue,
    client: cloud.client([queue]),
    clientOf: cloud.client,
    newQueue: cloud.queue,
    handler,
    /** Gives runs up: their items, and their letters in the dead-letter queue. */
    async giveUp(runIds: readonly string[], givenUp: GivenUp = {}): Promise<void> {
      for (const runId of runIds) await cloud.putRow(givenUpItem(runId, givenUp));
      await sendTo(
        queue.deadLetterUrl,
        runIds.map(runId => letterBody(runId, givenUp)),
      );
    },
    sendLetters: (...bodies: readonly string[]) => sendTo(queue.deadLetterUrl, bodies),
    send: (...bodies: readonly string[]) => sendTo(queue.url, bodies),
    /** Does Lambda's part for all messages that can be received now. */
    async deliver(): Promise<void> {
      const local = cloud.local(queue);
      for (let more = local.receive(10); more.length > 0; more = local.receive(10)) {
        const context = { getRemainingTimeInMillis: () => 60_000 } as Context;
        const { batchItemFailures } = await consumer({ Records: more.map(toRecord(local.arn)) }, context);
        const returned = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
        for (const { messageId, receiptHandle } of more)
          if (!returned.has(messageId)) local.delete(receiptHandle);
      }
    },
    async row(runId: string): Promise<RunItem | undefined> {
      return (await cloud.rows()).find(item => item.runId === runId);
    },
    letterCounts: () => cloud.local(deadLetterQueue).counts(),
    /** Takes all letters out of the dead-letter queue. */
    takeLetters: () => cloud.messages(deadLetterQueue),
  };
}

export const reasonOf = ({ body }: ReceivedMessage) => parseDeadLetterReason(body);

const toRecord =
  (arn: string) =>
  (message: ReceivedMessage): SQSRecord => ({
    messageId: message.messageId,
    receiptHandle: message.receiptHandle,
    body: message.body,
    attributes: message.attributes as unknown as SQSRecord['attributes'],
    messageAttributes: {},
    md5OfBody: message.md5OfBody,
    eventSource: 'aws:sqs',
    eventSourceARN: arn,
    awsRegion: 'eu-west-1',
  });
