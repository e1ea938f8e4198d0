import { expect, test } from 'vitest';
import { sharedDynamoDBClient, sharedSqsClient } from '../../client/shared-clients.ts';

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
