import { Duration, SecretValue, type Stack } from 'aws-cdk-lib';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { EventBridgeEvent } from 'aws-lambda';
import {
  ExportWorkflow,
  PayloadBucket,
  RunTable,
  TaskEventTrigger,
  TaskQueue,
  TaskWebhook,
  TaskWorkflow,
} from 'cdk-background-jobs';
import type { Ref } from 'cdk-background-jobs/tasks';
import { QUICK, WINDOW_SECONDS } from './app.ts';
import { newApplication } from './application.ts';
import { runErrand } from './fixtures/errand.ts';
import { exportNumbers } from './fixtures/numbers.ts';
import { DOOR_SECRET, keepParcel, SHOP } from './fixtures/parcels.ts';
import { work, workOnce } from './fixtures/tasks.ts';

/** A workflow that sends a task, with alarms that tell a topic, and an application that manages it. */
export function workflowApp(shop: Stack): void {
  const queue = new TaskQueue(shop, 'Jobs', {
    tasks: [work, workOnce],
    entry: 'test/mutations/fixtures/consumer.ts',
    ...QUICK,
    // The first look at a task's run comes before its end.
    maxBatchingWindow: Duration.seconds(WINDOW_SECONDS),
  });
  const errands = new TaskWorkflow(shop, 'Errands', {
    workflow: runErrand,
    entry: 'test/mutations/fixtures/errand-steps.ts',
    ...QUICK,
    queues: [queue],
    runTable: new RunTable(shop, 'Runs'),
  });
  errands.alarms.notify(new Topic(shop, 'Operations', { enforceSSL: true }));
  errands.grantManage(newApplication(shop));
}

/** A queue with a payload bucket, whose runs come from events and from a webhook, and whose alarms tell a topic. */
export function intakeApp(shop: Stack, { encryptionKey }: { readonly encryptionKey?: Key } = {}): void {
  const encrypted = encryptionKey && { encryptionKey };
  const payloadBucket = new PayloadBucket(shop, 'Payloads', encrypted);
  const queue = new TaskQueue(shop, 'Jobs', {
    tasks: [keepParcel],
    entry: 'test/mutations/fixtures/parcel-consumer.ts',
    ...QUICK,
    maxBatchingWindow: Duration.seconds(WINDOW_SECONDS),
    payloadBucket,
    ...encrypted,
    ...(encrypted && { runTable: new RunTable(shop, 'Runs', encrypted) }),
  });
  new TaskEventTrigger(shop, 'Heard', {
    task: keepParcel,
    queue,
    eventPattern: { source: [SHOP] },
    payload: ({ detail }: Ref<EventBridgeEvent<'Parcel', { readonly subject: string }>>) => ({
      subject: detail.subject,
      text: 'by event',
    }),
  });
  const door = new TaskWebhook(shop, 'Door', {
    entry: 'test/mutations/fixtures/door.ts',
    ...QUICK,
    queues: [queue],
    secret: new Secret(shop, 'Secret', {
      secretStringValue: SecretValue.unsafePlainText(DOOR_SECRET),
      ...encrypted,
    }),
  });
  const masterKey = encryptionKey && { masterKey: encryptionKey };
  const operations = new Topic(shop, 'Operations', { enforceSSL: true, ...masterKey });
  for (const { alarms } of [queue, door]) alarms.notify(operations);
}

/** The same, all of it encrypted with one key. */
export function encryptedApp(shop: Stack): void {
  intakeApp(shop, { encryptionKey: new Key(shop, 'Key') });
}

/** An export that tells a topic, and an application that starts it, cancels it and reads its files. */
export function exportApp(shop: Stack): void {
  const numbers = new ExportWorkflow(shop, 'Numbers', {
    definition: exportNumbers,
    entry: 'test/mutations/fixtures/export-numbers.ts',
    ...QUICK,
    topic: new Topic(shop, 'Ready', { enforceSSL: true }),
  });
  const application = newApplication(shop);
  numbers.workflow.grantManage(application);
  numbers.grantDownload(application);
}
