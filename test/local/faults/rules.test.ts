import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { expect, test } from 'vitest';
import { createFaultRules } from '../../../local/faults/fault-rules.ts';
import { startFaultyShop } from './fault-fixture.ts';

const SURROUNDINGS = {
  services: () => ['sqs', 'dynamodb', 's3'],
  functions: () => ['Fn'],
  queues: () => ['Inbox'],
  schedules: () => ['Nightly'],
};
const REQUEST = {
  service: 'sqs',
  action: 'SendMessage',
  resources: ['http://127.0.0.1/1/Inbox'],
  caller: undefined,
};

test('a fault happens after those it skips, as often as it may, and no more once it is removed', () => {
  const rules = createFaultRules(SURROUNDINGS);
  const fault = rules.add({ service: 'sqs', kind: 'throttle', skip: 1, times: 2 });

  const happens = () => rules.ofRequest(REQUEST) !== undefined;

  expect([happens(), happens(), happens(), happens()]).toEqual([false, true, true, false]);
  expect(fault.count).toBe(2);
  const other = rules.add({ service: 'sqs', kind: 'throttle' });
  expect(happens()).toBe(true);
  other.remove();
  expect(happens()).toBe(false);
});

test('dice of the same seed fall the same way', () => {
  const draw = (seed: number) => {
    const rules = createFaultRules(SURROUNDINGS);
    rules.add({ service: 'sqs', kind: 'throttle', probability: 0.3, seed });
    return Array.from({ length: 200 }, () => rules.ofRequest(REQUEST) !== undefined);
  };

  expect(draw(7)).toEqual(draw(7));
  expect(draw(7)).not.toEqual(draw(8));
  expect(draw(7).filter(Boolean).length).toBeGreaterThan(30);
  expect(draw(7).filter(Boolean).length).toBeLessThan(90);
});

test.each([
  [{ service: 'sqs', kind: 'throttle', resource: 'arn:aws:sqs:eu-west-1:1:Inbox' }, true],
  [{ service: 'sqs', kind: 'throttle', resource: 'Outbox' }, false],
  [{ service: 'sqs', kind: 'throttle', action: 'ReceiveMessage' }, false],
  [{ service: 'dynamodb', kind: 'throttle' }, false],
  [{ service: 'sqs', kind: 'throttle', caller: 'Fn' }, false],
  [{ service: 'sqs', kind: 'crashAfter' }, false],
] as const)('%j fits a send from outside: %s', (fault, fits) => {
  const rules = createFaultRules(SURROUNDINGS);
  rules.add(fault);

  expect(rules.ofRequest(REQUEST) !== undefined).toBe(fits);
});

test.each([
  [{ service: 'sqz', kind: 'throttle' }, "service must be one of sqs, dynamodb, s3, got 'sqz'"],
  [{ service: 's3', action: 'PutObject', kind: 'throttle' }, 'action must be left out for s3'],
  [{ service: 'sqs', kind: 'partialFailure' }, 'action must be a batch of sqs'],
  [{ service: 'sqs', kind: 'latency' }, 'latencyMs must be given'],
  [{ service: 'sqs', kind: 'throttle', probability: 0 }, 'probability must be above 0, up to 1, got 0'],
  [{ service: 'sqs', kind: 'throttle', times: 0 }, 'times must be a whole number, 1 or more, got 0'],
  [{ service: 'sqs', kind: 'throttle', skip: -1 }, 'skip must be a whole number, 0 or more, got -1'],
  [{ function: 'Fm', kind: 'crash' }, "function must be one of Fn, got 'Fm'"],
  [{ function: 'Fn', kind: 'crash', afterMs: -1 }, 'afterMs must be 0 or more, got -1'],
  [{ queue: 'Outbox', kind: 'duplicate' }, "queue must be one of Inbox, got 'Outbox'"],
  [{ schedule: 'Hourly', kind: 'duplicate' }, "schedule must be one of Nightly, got 'Hourly'"],
  [{ schedule: 'Nightly', kind: 'late' }, "afterMs must be above 0 with 'late', got undefined"],
] as const)('%j fails: it could never happen', (fault, message) => {
  expect(() => createFaultRules(SURROUNDINGS).add(fault)).toThrow(message);
});

test('clear ends all faults of an engine', async () => {
  const { faults, impatient, other } = await startFaultyShop();
  faults.add({ service: 'sqs', kind: 'serverError' });
  faults.add({ service: 'dynamodb', kind: 'serverError' });

  faults.clear();

  await impatient.sqs.send(new SendMessageCommand({ QueueUrl: other.url, MessageBody: 'a' }));
  await impatient.dynamodb.send(new PutItemCommand({ TableName: 'Runs', Item: { id: { S: 'a' } } }));
});
