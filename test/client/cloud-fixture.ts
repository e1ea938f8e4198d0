import { DeleteItemCommand, DynamoDBClient, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { SchedulerClient } from '@aws-sdk/client-scheduler';
import { SQSClient } from '@aws-sdk/client-sqs';
import { expect, onTestFinished } from 'vitest';
import * as z from 'zod';
import type { ClientOptions } from '../../client/client-context.ts';
import { createClient } from '../../client/create-client.ts';
import type { Envelope } from '../../contract/envelope.ts';
import type { QueueConfig } from '../../contract/environment.ts';
import { parseRunItem, RUN_TABLE, type RunItem, toAttribute } from '../../contract/run-item.ts';
import { defineTask } from '../../contract/task.ts';
import { createDynamoDbService } from '../../local/dynamodb/dynamodb-service.ts';
import { openFrontDoor } from '../../local/front-door/front-door.ts';
import { createS3Service } from '../../local/s3/s3-service.ts';
import { createSchedulerService } from '../../local/scheduler/scheduler-service.ts';
import type { ReceivedMessage } from '../../local/sqs/queue-api.ts';
import { createSqsService } from '../../local/sqs/sqs-service.ts';
import { createFakeClock } from '../local/fake-clock.ts';

export const greet = defineTask({
  name: 'greet',
  payload: z.object({ name: z.string() }),
  retention: { succeeded: '1d', deadLettered: '3d', canceled: '2d' },
});

export const START_MS = Date.UTC(2030, 0, 1, 12);
export const DAY_MS = 86_400_000;
const TABLE = 'runs';
export const PAYLOADS = 'payloads';

export type Cloud = Awaited<ReturnType<typeof startCloud>>;

/** The local SQS and DynamoDB with a run table, and a clock that moves only by the test and by sleeps of the client. */
export async function startCloud() {
  const fakeClock = createFakeClock(START_MS);
  const clock = { ...fakeClock, sleep: async (ms: number) => fakeClock.advance(ms) };
  const door = await openFrontDoor({ port: 0 });
  const location = { region: 'eu-west-1', accountId: '123456789012', endpoint: door.endpoint };
  const sqsService = createSqsService({ clock, location });
  const dynamodbService = createDynamoDbService({ clock, location });
  door.add(sqsService);
  door.add(dynamodbService);
  const s3Service = await createS3Service({ clock, region: location.region });
  door.add(s3Service);
  s3Service.createBucket(PAYLOADS);
  const schedulerService = createSchedulerService({
    clock,
    location,
    targets: {
      assume: () => undefined,
      queueArnOf: url => sqsService.queueByUrl(url)?.arn ?? url,
      toQueue: (arn, message) => void sqsService.send(arn, message, { senderId: 'scheduler' }),
      toFunction: arn => expect.fail(`${arn} is not to be invoked`),
    },
  });
  schedulerService.start();
  door.add(schedulerService);
  const connection = {
    endpoint: door.endpoint,
    region: location.region,
    credentials: { accessKeyId: 'AKIATEST', secretAccessKey: 'secret' },
    maxAttempts: 1,
  };
  const sqs = new SQSClient(connection);
  const dynamodb = new DynamoDBClient(connection);
  const s3 = new S3Client(connection);
  const scheduler = new SchedulerClient(connection);
  onTestFinished(async () => {
    for (const client of [sqs, dynamodb, s3, scheduler]) client.destroy();
    await schedulerService.stop();
    await sqsService.stop();
    await dynamodbService.stop();
    await s3Service.stop();
    await door.stop();
  });
  await dynamodbService.createTable(runTable());

  const queue = (options: Partial<QueueConfig> = {}): QueueConfig => {
    const [suffix, attributes] = options.fifo ? ['.fifo', { FifoQueue: 'true' }] : ['', {}];
    const number = sqsService.queues().length;
    return {
      url: sqsService.createQueue(`queue-${number}${suffix}`, attributes).url,
      deadLetterUrl: sqsService.createQueue(`dead-${number}${suffix}`, attributes).url,
      table: TABLE,
      tasks: [greet.name],
      ...options,
    };
  };
  /** A queue whose `grantSchedule` was called. */
  const schedulingQueue = (options: Partial<QueueConfig> = {}, group = 'later'): QueueConfig => {
    const made = queue(options);
    schedulerService.createGroup(group);
    const arnOf = (url: string) => sqsService.queueByUrl(url)?.arn ?? url;
    const role = 'arn:aws:iam::123456789012:role/later';
    const undelivered = sqsService.createQueue(`undelivered-${sqsService.queues().length}`, {}).arn;
    return { ...made, schedules: { group, role, queue: arnOf(made.url), deadLetter: undelivered } };
  };
  const local = ({ url }: Pick<QueueConfig, 'url'>) => {
    const found = sqsService.queueByUrl(url);
    if (!found) throw new Error(`no queue ${url}`);
    return found;
  };
  return {
    clock,
    sqs,
    dynamodb,
    s3,
    /** What lies in the payload bucket, by key. */
    async objects(): Promise<Record<string, string>> {
      const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: PAYLOADS }));
      const entries = Contents.map(async ({ Key = '' }) => {
        const { Body } = await s3.send(new GetObjectCommand({ Bucket: PAYLOADS, Key }));
        return [Key, (await Body?.transformToString()) ?? ''] as const;
      });
      return Object.fromEntries(await Promise.all(entries));
    },
    scheduler,
    queue,
    schedulingQueue,
    /** The schedules that are there. */
    schedules: () => schedulerService.schedules().map(({ definition }) => definition),
    client: (queues: readonly QueueConfig[], options: ClientOptions = {}) =>
      createClient({ sqs, dynamodb, s3, scheduler, clock, queues, onWarning: failOnWarning, ...options }),
    /** Takes all messages that can be received off the queue. */
    messages: (of: Pick<QueueConfig, 'url'>): ReceivedMessage[] => {
      const taken: ReceivedMessage[] = [];
      for (let more = local(of).receive(10); more.length > 0; more = local(of).receive(10)) {
        for (const { receiptHandle } of more) local(of).delete(receiptHandle);
        taken.push(...more);
      }
      return taken;
    },
    local,
    async rows(): Promise<RunItem[]> {
      const { Items = [] } = await dynamodb.send(new ScanCommand({ TableName: TABLE }));
      return Items.map(item => parseRunItem(item));
    },
    async putRow(item: RunItem): Promise<void> {
      const Item = Object.fromEntries(
        Object.entries(item).map(([name, value]: [string, string | number]) => [name, toAttribute(value)]),
      );
      await dynamodb.send(new PutItemCommand({ TableName: TABLE, Item }));
    },
    async deleteRow(runId: string): Promise<void> {
      await dynamodb.send(new DeleteItemCommand({ TableName: TABLE, Key: { runId: toAttribute(runId) } }));
    },
  };
}

export const envelopeOf = ({ body }: ReceivedMessage): Envelope => JSON.parse(body);

/** A call of an AWS client, as its middleware sees it: `next` performs it. */
type Interceptor = (command: string, next: () => Promise<object>, input: object) => Promise<object>;

type AwsClient = SQSClient | DynamoDBClient | S3Client | SchedulerClient;

/** Puts the test between a client and AWS, for faults that AWS alone decides on. */
export function intercept(client: AwsClient, interceptor: Interceptor): void {
  const stack: SQSClient['middlewareStack'] = client.middlewareStack as SQSClient['middlewareStack'];
  stack.add(
    (next, { commandName }) =>
      async args => {
        const output = await interceptor(
          String(commandName),
          async () => (await next(args)).output,
          args.input,
        );
        return { response: {}, output: output as Awaited<ReturnType<typeof next>>['output'] };
      },
    { step: 'initialize' },
  );
}

/** From now on, each update is carried out, its answer is lost, and the SDK sends it again. */
export function repeatWrites({ dynamodb }: Pick<Cloud, 'dynamodb'>): void {
  intercept(dynamodb, async (command, next) => {
    if (command === 'UpdateItemCommand') await next().catch(() => {});
    return await next();
  });
}

/** The commands that the client sends from now on, with their input. */
export function record(client: AwsClient) {
  const calls: { readonly command: string; readonly input: object }[] = [];
  intercept(client, (command, next, input) => {
    calls.push({ command, input });
    return next();
  });
  return calls;
}

function failOnWarning(warning: Error): void {
  throw warning;
}

function runTable() {
  const { partitionKey, listIndex, deadLetterIndex } = RUN_TABLE;
  const indexes = [listIndex, deadLetterIndex];
  return {
    TableName: TABLE,
    BillingMode: 'PAY_PER_REQUEST' as const,
    KeySchema: [{ AttributeName: partitionKey, KeyType: 'HASH' as const }],
    AttributeDefinitions: [
      { AttributeName: partitionKey, AttributeType: 'S' as const },
      ...indexes.flatMap(index => [
        { AttributeName: index.partitionKey, AttributeType: 'S' as const },
        { AttributeName: index.sortKey, AttributeType: 'N' as const },
      ]),
    ],
    GlobalSecondaryIndexes: indexes.map(({ name, ...keys }) => ({
      IndexName: name,
      KeySchema: [
        { AttributeName: keys.partitionKey, KeyType: 'HASH' as const },
        { AttributeName: keys.sortKey, KeyType: 'RANGE' as const },
      ],
      Projection: { ProjectionType: 'KEYS_ONLY' as const },
    })),
  };
}
