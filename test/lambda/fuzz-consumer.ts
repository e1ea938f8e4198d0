import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { Context, SQSBatchResponse, SQSRecord } from 'aws-lambda';
import * as z from 'zod';
import type { DeadLetter } from '../../contract/dead-letter.ts';
import { defineTask } from '../../contract/task.ts';
import { createConsumer } from '../../lambda/create-consumer.ts';
import { handle } from '../../lambda/handle.ts';
import type { LogLine } from '../../lambda/log.ts';
import { type ServiceName, startCloud, TABLE } from '../faults/cloud.ts';
import { createStepClock } from '../faults/step-clock.ts';

/** What arbitrary messages may happen to name. */
const task = defineTask({ name: 'a', payload: z.unknown(), retry: { attempts: 1 } });

export interface Delivery {
  /** Ids of messages that come again. */
  readonly returned: readonly string[];
  /** Dead letters that this delivery sent. */
  readonly letters: readonly DeadLetter[];
  readonly lines: readonly LogLine[];
}

/** What comes with a message beside its body. */
interface Extras {
  readonly attributes?: SQSRecord['messageAttributes'];
  readonly traceHeader?: string | undefined;
}

/** A consumer in this process, over the local SQS and DynamoDB without the HTTP in front. */
export async function startFuzzed({ fifo }: { readonly fifo: boolean }) {
  const clock = createStepClock();
  const cloud = await startCloud(clock, {
    fifo,
    visibilityTimeoutSeconds: 200,
    maxReceiveCount: 1000,
  });
  const lines: LogLine[] = [];
  const handled: string[] = [];
  const consumer = createConsumer([handle(task, (_payload, run) => void handled.push(run.runId))], {
    queues: [
      {
        url: cloud.queue.url,
        deadLetterUrl: cloud.deadLetterQueue.url,
        table: TABLE,
        tasks: [task.name],
        fifo,
        consumer: { concurrency: 10, unknownTaskGraceSeconds: 0 },
      },
    ],
    sqs: clientOf<SQSClient>(SQSClient, 'sqs'),
    dynamodb: clientOf<DynamoDBClient>(DynamoDBClient, 'dynamodb'),
    clock,
    log: line => lines.push(line),
  });

  /** SQS itself hides what was never received: that part of a batch has no say here. */
  function clientOf<Client>(Class: { readonly prototype: object }, service: ServiceName): Client {
    return Object.assign(Object.create(Class.prototype), {
      async send(command: { readonly input: object }) {
        const action = command.constructor.name.replace(/Command$/, '');
        if (action === 'ChangeMessageVisibilityBatch') return {};
        return await cloud.perform(service, action, command.input);
      },
    }) as Client;
  }

  return {
    cloud,
    handled,
    clock,
    async deliver(records: readonly SQSRecord[]): Promise<Delivery> {
      const before = lines.length;
      const endsAt = clock.now() + 33_000;
      const response: SQSBatchResponse = await consumer({ Records: [...records] }, {
        getRemainingTimeInMillis: () => endsAt - clock.now(),
      } as Context);
      const letters: DeadLetter[] = [];
      for (
        let more = cloud.deadLetterQueue.receive(10);
        more.length > 0;
        more = cloud.deadLetterQueue.receive(10)
      ) {
        for (const { receiptHandle, body } of more) {
          cloud.deadLetterQueue.delete(receiptHandle);
          letters.push(JSON.parse(body));
        }
      }
      return {
        returned: response.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier),
        letters,
        lines: lines.slice(before),
      };
    },
    recordOf(messageId: string, body: string, { attributes = {}, traceHeader }: Extras = {}): SQSRecord {
      return {
        messageId,
        receiptHandle: messageId,
        body,
        attributes: {
          ApproximateReceiveCount: '1',
          SentTimestamp: String(clock.now()),
          SenderId: 'somebody',
          ApproximateFirstReceiveTimestamp: String(clock.now()),
          // Of a group of its own: those of one group wait for one another.
          ...(fifo && { MessageGroupId: messageId }),
          ...(traceHeader !== undefined && { AWSTraceHeader: traceHeader }),
        },
        messageAttributes: attributes,
        md5OfBody: '',
        eventSource: 'aws:sqs',
        eventSourceARN: cloud.queue.arn,
        awsRegion: 'eu-west-1',
      };
    },
    async putRaw(item: object): Promise<void> {
      await cloud.perform('dynamodb', 'PutItem', { TableName: TABLE, Item: item });
    },
  };
}

export type Fuzzed = Awaited<ReturnType<typeof startFuzzed>>;

/** A message that must come through whatever lies beside it. */
export function goodBody(runId: string): string {
  return JSON.stringify({ v: 1, runId, epoch: 0, task: task.name, payload: {}, depth: 0 });
}
