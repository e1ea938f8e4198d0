import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import {
  DeleteQueueCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { Stack } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import * as s3 from 'aws-cdk-lib/aws-s3';
import type { EventBridgeEvent, S3ObjectCreatedNotificationEvent } from 'aws-lambda';
import { TaskEventTrigger, TaskQueue } from 'cdk-background-jobs';
import type { Ref, TaskDefinition } from 'cdk-background-jobs/tasks';
import { startLocal } from 'cdk-background-jobs/testing';
import { expect, onTestFinished, test } from 'vitest';
import { synthesizedForAllTests } from '../synthesized.ts';
import { billOrder, placeOrder, scanUpload } from './fixtures/uploads.ts';

const START = new Date('2030-01-01T00:00:00Z');

type OrderPlaced = EventBridgeEvent<'Order Placed', { readonly id: number; readonly lines: string[] }>;

/** Uploads are scanned, and orders on a bus of the shop's own are placed and billed: by two triggers of one event. */
function buildShop(stack: Stack): void {
  const queue = new TaskQueue(stack, 'Jobs', {
    tasks: [scanUpload, placeOrder, billOrder],
    entry: 'test/scenarios/fixtures/uploads-consumer.ts',
    queueName: 'jobs',
  });
  const uploads = new s3.Bucket(stack, 'Uploads', { bucketName: 'uploads', eventBridgeEnabled: true });
  new TaskEventTrigger(stack, 'Uploaded', {
    task: scanUpload,
    queue,
    eventPattern: {
      source: ['aws.s3'],
      detailType: ['Object Created'],
      detail: { bucket: { name: [uploads.bucketName] }, object: { key: events.Match.prefix('inbox/') } },
    },
    payload: ({ detail }: Ref<S3ObjectCreatedNotificationEvent>) => ({
      bucket: detail.bucket.name,
      key: detail.object.key,
      size: detail.object.size,
      version: detail.object['version-id'],
    }),
  });
  const eventBus = new events.EventBus(stack, 'Bus', { eventBusName: 'shop' });
  const ofOrders = { queue, eventBus, eventPattern: { detailType: ['Order Placed'] } };
  new TaskEventTrigger(stack, 'Placed', {
    ...ofOrders,
    task: placeOrder,
    payload: (event: Ref<OrderPlaced>) => ({ order: event.detail, at: event.time }),
  });
  new TaskEventTrigger(stack, 'Billed', {
    ...ofOrders,
    task: billOrder,
    payload: (event: Ref<OrderPlaced>) => ({ id: event.detail.id }),
  });
}

const assembly = synthesizedForAllTests(app => buildShop(new Stack(app, 'Shop')));

/** As it is synthesized, by the clock of the test, with permissions on. */
async function startShop() {
  const local = await startLocal({ app: assembly(), time: 'manual', startAt: START });
  onTestFinished(() => local.stop());
  const runsOf = async (task: TaskDefinition) => {
    await local.idle();
    return (await local.client.listRuns({ task, from: START })).runs;
  };
  const urlOf = (name: RegExp) => local.queues.find(queue => name.test(queue.name))?.url;
  return {
    local,
    runsOf,
    urlOf,
    s3: new S3Client(local.clientConfig),
    sqs: new SQSClient(local.clientConfig),
    events: new EventBridgeClient(local.clientConfig),
  };
}

const upload = (Key: string) => new PutObjectCommand({ Bucket: 'uploads', Key, Body: 'hello' });
const order = (id: number, lines: readonly string[]) =>
  new PutEventsCommand({
    Entries: [
      {
        EventBusName: 'shop',
        Source: 'shop',
        DetailType: 'Order Placed',
        Detail: JSON.stringify({ id, lines }),
      },
    ],
  });

test('each object that is uploaded where the pattern says is a run, with a payload made of its event', async () => {
  const { s3, runsOf } = await startShop();

  await s3.send(upload('inbox/a "quoted" + name\\é.txt'));
  await s3.send(upload('elsewhere/b.txt'));

  expect(await runsOf(scanUpload)).toMatchObject([
    {
      status: 'succeeded',
      result: { bucket: 'uploads', key: 'inbox/a "quoted" + name\\é.txt', size: 5, version: '' },
    },
  ]);
});

test('an event that is delivered twice is one run', async () => {
  // GIVEN a run of an event
  const { s3, sqs, urlOf, runsOf } = await startShop();
  await s3.send(upload('inbox/a.txt'));
  const [first] = await runsOf(scanUpload);

  // WHEN EventBridge sends what it sent before
  const message = { task: 'scan-upload', messageId: first?.runId, payload: first?.result };
  await sqs.send(new SendMessageCommand({ QueueUrl: urlOf(/^jobs$/), MessageBody: JSON.stringify(message) }));

  // THEN
  expect(await runsOf(scanUpload)).toMatchObject([{ runId: first?.runId, attempt: 1 }]);
});

test('two triggers of one event are two runs, and a task that knows a key of its own runs once for it', async () => {
  const { events, runsOf } = await startShop();

  await events.send(order(7, ['tea', 'cake']));
  await events.send(order(7, ['tea', 'cake']));

  const placed = {
    status: 'succeeded',
    result: { order: { id: 7, lines: ['tea', 'cake'] }, at: '2030-01-01T00:00:00Z' },
  };
  expect(await runsOf(placeOrder)).toMatchObject([placed, placed]);
  expect(await runsOf(billOrder)).toMatchObject([{ status: 'succeeded', idempotencyKey: 'order-7' }]);
});

test('an event whose queue is gone waits in the trigger’s dead-letter queue, as it was', async () => {
  const { local, s3, sqs, urlOf } = await startShop();
  await sqs.send(new DeleteQueueCommand({ QueueUrl: urlOf(/^jobs$/) }));

  await s3.send(upload('inbox/a.txt'));
  await local.advance('5m');

  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({ QueueUrl: urlOf(/UploadedUndelivered/), MessageAttributeNames: ['All'] }),
  );
  expect(JSON.parse(Messages[0]?.Body ?? '')).toMatchObject({ detail: { object: { key: 'inbox/a.txt' } } });
  expect(Messages[0]?.MessageAttributes).toMatchObject({ ERROR_CODE: { StringValue: 'NO_RESOURCE' } });
});
