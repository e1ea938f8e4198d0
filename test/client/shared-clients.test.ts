import { DeleteMessageCommand } from '@aws-sdk/client-sqs';
import { afterEach, expect, test, vi } from 'vitest';
import { sharedDynamoDBClient, sharedSqsClient } from '../../client/shared-clients.ts';

afterEach(() => vi.unstubAllEnvs());

test.each([
  ['SQS', sharedSqsClient],
  ['DynamoDB', sharedDynamoDBClient],
])('the %s client copies no request for a log that nobody reads, and keeps the rest of its middleware', (_, shared) => {
  const middleware = shared().middlewareStack.identify().join('\n');

  expect(middleware).not.toContain('logger');
  expect(middleware).toContain('retryMiddleware');
  expect(middleware).toContain('recursionDetectionMiddleware');
});

test('each is one for the process', () => {
  expect(sharedSqsClient()).toBe(sharedSqsClient());
  expect(sharedDynamoDBClient()).toBe(sharedDynamoDBClient());
});

test('what SQS is asked at once for queues of several hosts goes to the endpoint of the region', async () => {
  // GIVEN
  vi.stubEnv('AWS_REGION', 'eu-west-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'key');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
  const client = sharedSqsClient();
  const hosts: unknown[] = [];
  client.middlewareStack.add(
    () =>
      async ({ request }) => {
        hosts.push(Object(request).hostname);
        return { response: {}, output: { $metadata: {} } };
      },
    { step: 'finalizeRequest', priority: 'low' },
  );
  const ask = (QueueUrl: string) => client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: 'any' }));

  // WHEN
  await Promise.all([
    ask('https://sqs.eu-west-1.amazonaws.com/1/one'),
    ask('https://eu-west-1.queue.amazonaws.com/1/two'),
    ask('https://somewhere.example/1/three'),
  ]);

  // THEN
  expect(hosts).toEqual(Array.from({ length: 3 }, () => 'sqs.eu-west-1.amazonaws.com'));
});
