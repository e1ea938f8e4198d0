import { setImmediate } from 'node:timers/promises';
import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { type Attribute, parseRunItem, RUN_TABLE, type RunItem } from '../../contract/run-item.ts';
import { openDynaliteStore } from '../../local/dynamodb/dynalite-store.ts';
import { DynamoDbError } from '../../local/dynamodb/dynamodb-error.ts';
import { toInput } from '../../local/sqs/input.ts';
import type { Queue } from '../../local/sqs/queue.ts';
import { SqsStore } from '../../local/sqs/sqs-store.ts';
import { VERBS } from '../../local/sqs/verbs.ts';
import type { StepClock } from './step-clock.ts';

export const TABLE = 'runs';

export type ServiceName = 'sqs' | 'dynamodb';

/** The local SQS and DynamoDB without the HTTP in front: 10,000 tasks are half a million requests. */
export interface Cloud {
  readonly queue: Queue;
  readonly deadLetterQueue: Queue;
  /** Carries out one request; rejects as an SDK client does. */
  perform(service: ServiceName, action: string, input: object): Promise<object>;
  /** After so many receives SQS moves a message to the dead-letter queue by itself. */
  changeMaxReceiveCount(maxReceiveCount: number): void;
  items(): Promise<readonly RunItem[]>;
  /** Resolves when nobody can go on before time does. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

export interface CloudOptions {
  readonly fifo: boolean;
  readonly visibilityTimeoutSeconds: number;
  readonly maxReceiveCount: number;
  /** Told of each run's item as it is written. @default nobody is told */
  readonly onItemWritten?: (item: Record<string, Attribute>) => void;
}

export async function startCloud(clock: StepClock, options: CloudOptions): Promise<Cloud> {
  const location = { region: 'eu-west-1', accountId: '123456789012', endpoint: 'http://127.0.0.1:1' };
  const sqs = new SqsStore({ clock, location });
  const dynamodb = openDynaliteStore(location, {
    itemWritten: (_table, item) => options.onItemWritten?.(item as Record<string, Attribute>),
  });
  await dynamodb.run('CreateTable', runTable());
  while (JSON.stringify(await dynamodb.run('DescribeTable', { TableName: TABLE })).includes('"CREATING"')) {
    await setImmediate();
  }
  const deadLetterQueue = createQueue('tasks-dead');
  const redrivePolicy = (maxReceiveCount: number) => ({
    RedrivePolicy: JSON.stringify({ deadLetterTargetArn: deadLetterQueue.arn, maxReceiveCount }),
  });
  const queue = createQueue('tasks', redrivePolicy(options.maxReceiveCount));
  let open = 0;

  function createQueue(name: string, attributes: Readonly<Record<string, string>> = {}): Queue {
    return sqs.create(options.fifo ? `${name}.fifo` : name, {
      VisibilityTimeout: String(options.visibilityTimeoutSeconds),
      MessageRetentionPeriod: String(14 * 86_400),
      ...(options.fifo && { FifoQueue: 'true' }),
      ...attributes,
    });
  }

  async function runSqs(action: string, input: Record<string, unknown>): Promise<object> {
    const verb = Object.entries(VERBS).find(([name]) => name === action)?.[1];
    if (verb === undefined || verb === 'refused') throw new Error(`the local SQS has no ${action}`);
    return await verb(sqs, toInput(input, action), {
      senderId: 'test',
      signal: new AbortController().signal,
    });
  }

  async function runDynamoDb(action: string, input: Record<string, unknown>): Promise<object> {
    open++;
    try {
      return await dynamodb.run(action, input);
    } catch (error) {
      throw error instanceof DynamoDbError ? asSdkError(error) : error;
    } finally {
      open--;
    }
  }

  return {
    queue,
    deadLetterQueue,
    async perform(service, action, input) {
      // As it travels: what is undefined stays behind.
      const sent: Record<string, unknown> = JSON.parse(JSON.stringify(input));
      return await (service === 'sqs' ? runSqs(action, sent) : runDynamoDb(action, sent));
    },
    changeMaxReceiveCount: count => queue.changeAttributes(redrivePolicy(count)),
    async items() {
      const items: RunItem[] = [];
      let next: object | undefined;
      do {
        const page = (await dynamodb.run('Scan', {
          TableName: TABLE,
          ...(next && { ExclusiveStartKey: next }),
        })) as { Items?: Record<string, Attribute>[]; LastEvaluatedKey?: object };
        // What a schedule keeps beside its runs is none.
        const runs = (page.Items ?? []).filter(({ status }) => status !== undefined);
        items.push(...runs.map(item => parseRunItem(item)));
        next = page.LastEvaluatedKey;
      } while (next);
      return items;
    },
    async settled() {
      do await setImmediate();
      while (open > 0);
    },
    async close() {
      sqs.stop();
      await dynamodb.close();
    },
  };
}

function asSdkError({ code, message, body }: DynamoDbError): Error {
  if (code !== 'ConditionalCheckFailedException') return Object.assign(new Error(message), { name: code });
  const Item = body.Item as ConditionalCheckFailedException['Item'];
  return new ConditionalCheckFailedException({ message, $metadata: {}, ...(Item && { Item }) });
}

function runTable() {
  const { partitionKey, listIndex, deadLetterIndex } = RUN_TABLE;
  const indexes = [listIndex, deadLetterIndex];
  return {
    TableName: TABLE,
    BillingMode: 'PAY_PER_REQUEST',
    KeySchema: [{ AttributeName: partitionKey, KeyType: 'HASH' }],
    AttributeDefinitions: [
      { AttributeName: partitionKey, AttributeType: 'S' },
      ...indexes.flatMap(index => [
        { AttributeName: index.partitionKey, AttributeType: 'S' },
        { AttributeName: index.sortKey, AttributeType: 'N' },
      ]),
    ],
    GlobalSecondaryIndexes: indexes.map(index => ({
      IndexName: index.name,
      KeySchema: [
        { AttributeName: index.partitionKey, KeyType: 'HASH' },
        { AttributeName: index.sortKey, KeyType: 'RANGE' },
      ],
      Projection: { ProjectionType: 'KEYS_ONLY' },
    })),
  };
}
