import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { startLocal } from 'cdk-background-jobs/testing';
import { expect, onTestFinished, test } from 'vitest';
import { ExampleStack } from '../../examples/app/stack.ts';
import { inspectUpload } from '../../examples/app/tasks.ts';
import { synthesizedForAllTests } from '../synthesized.ts';

const assembly = synthesizedForAllTests(app => new ExampleStack(app, 'Example'));

test('what is put into the inbox of the example is inspected, and an avatar’s source is not', async () => {
  const startAt = new Date('2030-01-01T00:00:00Z');
  const local = await startLocal({ app: assembly(), time: 'manual', startAt });
  onTestFinished(() => local.stop());
  const s3 = new S3Client(local.clientConfig);
  const Bucket = local.outputs.Example?.ImagesBucket;

  for (const Key of ['inbox/a.txt', 'uploads/b.txt']) {
    await s3.send(new PutObjectCommand({ Bucket, Key, Body: 'hello', ContentType: 'text/plain' }));
  }
  await local.idle();

  const { runs } = await local.client.listRuns({ task: inspectUpload, from: startAt });
  expect(runs).toMatchObject([
    { status: 'succeeded', result: { key: 'inbox/a.txt', contentType: 'text/plain', replaced: false } },
  ]);
});
