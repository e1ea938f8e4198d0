import { expect, test } from 'vitest';
import {
  type AsyncSettings,
  createAsyncInvoker,
  type Destination,
} from '../../../local/lambda/async-invocation.ts';
import type { FunctionHost } from '../../../local/lambda/local-function.ts';
import { createFakeFunction, FAILURE, SUCCESS, settled, THROTTLED } from '../event-sources/fake-function.ts';
import { createFakeClock } from '../fake-clock.ts';

const HOUR_MS = 3_600_000;

/** Asynchronous invocations of one function, each of which ends when the test says so. */
function start(options: { reservedConcurrency?: number } = {}) {
  const clock = createFakeClock();
  const fake = createFakeFunction();
  const target: FunctionHost = {
    name: fake.name,
    arn: fake.arn,
    timeoutSeconds: fake.timeoutSeconds,
    invoke: fake.invoke,
    reservedConcurrency: options.reservedConcurrency,
    initialize: async () => undefined,
    stop: async () => {},
  };
  const undelivered: unknown[] = [];
  const invoker = createAsyncInvoker(clock, (name, error) => undelivered.push([name, String(error)]));
  const sent: Record<string, unknown[]> = { onSuccess: [], onFailure: [], deadLetterQueue: [] };
  const into =
    (name: string): Destination =>
    message => {
      const { body, attributes } = message;
      sent[name]?.push({ ...JSON.parse(body), ...(attributes && { attributes }) });
    };
  const destinations = {
    onSuccess: into('onSuccess'),
    onFailure: into('onFailure'),
    deadLetterQueue: into('deadLetterQueue'),
  };
  return {
    clock,
    fake,
    sent,
    undelivered,
    configure: (settings: Partial<AsyncSettings>) =>
      invoker.configure('fn', { ...destinations, ...settings }),
    accept: () => invoker.accept(target, { order: 1 }, { requestId: 'request-1' }),
  };
}

// https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
test('sends a record of a success to its destination, and nothing elsewhere', async () => {
  const { configure, accept, fake, sent, clock } = start();
  configure({});
  accept();
  await fake.end({ outcome: 'succeeded', payload: { done: true } });
  const record = {
    version: '1.0',
    timestamp: new Date(clock.now()).toISOString(),
    requestContext: {
      requestId: 'request-1',
      functionArn: `${fake.arn}:$LATEST`,
      condition: 'Success',
      approximateInvokeCount: 1,
    },
    requestPayload: { order: 1 },
    responseContext: { statusCode: 200, executedVersion: '$LATEST' },
    responsePayload: { done: true },
  };
  expect(sent).toEqual({ onSuccess: [record], onFailure: [], deadLetterQueue: [] });
});

test('sends a record of the failure, and the event itself to the dead-letter queue, after two retries', async () => {
  // GIVEN
  const { configure, accept, fake, sent, clock } = start();
  configure({});
  // WHEN
  accept();
  for (const delayMs of [60_000, 120_000]) {
    await fake.end(FAILURE);
    expect(sent.onFailure).toEqual([]);
    clock.advance(delayMs);
  }
  await fake.end(FAILURE);
  // THEN
  expect(fake.events).toHaveLength(3);
  expect(sent.onFailure).toMatchObject([
    {
      requestContext: { condition: 'RetriesExhausted', approximateInvokeCount: 3 },
      requestPayload: { order: 1 },
      responseContext: { statusCode: 200, functionError: 'Unhandled' },
      responsePayload: { errorType: 'Error', errorMessage: 'no' },
    },
  ]);
  expect(sent.deadLetterQueue).toEqual([
    {
      order: 1,
      attributes: {
        RequestID: { dataType: 'String', stringValue: 'request-1' },
        ErrorCode: { dataType: 'Number', stringValue: '200' },
        ErrorMessage: { dataType: 'String', stringValue: 'no' },
      },
    },
  ]);
  expect(sent.onSuccess).toEqual([]);
});

// https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-configuring.html
test('keeps to the number of retries that it is given', async () => {
  const { configure, accept, fake, sent, clock } = start();
  configure({ maxRetries: 0 });
  accept();
  await fake.end(FAILURE);
  expect(sent.onFailure).toHaveLength(1);
  expect(clock.timers()).toBe(0);
});

// https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
test('retries a throttled event, ever less often, until it is too old', async () => {
  // GIVEN
  const { configure, accept, fake, sent, clock } = start();
  configure({ maxAgeMs: HOUR_MS });
  // WHEN
  const acceptedAtMs = clock.now();
  accept();
  while (fake.running() > 0) {
    await fake.end(THROTTLED);
    clock.advance(clock.timers() > 0 ? 300_000 : 0);
  }
  // THEN
  expect(clock.now() - acceptedAtMs).toBeGreaterThan(HOUR_MS - 300_000);
  expect(sent.onFailure).toMatchObject([
    { requestContext: { condition: 'EventAgeExceeded', approximateInvokeCount: 0 } },
  ]);
  expect(sent.onFailure?.[0]).not.toHaveProperty('responsePayload');
});

test('gives up at once on a function whose reserved concurrency is zero', async () => {
  const { configure, accept, fake, sent } = start({ reservedConcurrency: 0 });
  configure({});
  accept();
  await fake.end(THROTTLED);
  expect(sent.deadLetterQueue).toHaveLength(1);
  expect(sent.onFailure).toHaveLength(1);
});

// https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html
test('gives up at once on an event that was stopped as a recursive loop', async () => {
  const { configure, accept, fake, sent } = start();
  configure({});
  accept();
  await fake.end({ outcome: 'recursive' });
  expect(sent.deadLetterQueue).toMatchObject([{ attributes: { ErrorCode: { stringValue: '400' } } }]);
  expect(sent.onFailure).toHaveLength(1);
});

test('tells of a destination that does not take its message, and sends to the other all the same', async () => {
  const { configure, accept, fake, sent, undelivered } = start();
  const full: Destination = () => {
    throw new Error('too large');
  };
  configure({ maxRetries: 0, deadLetterQueue: full });
  accept();
  await fake.end(FAILURE);
  expect(undelivered).toEqual([['fn', 'Error: too large']]);
  expect(sent.onFailure).toHaveLength(1);
});

test('uses the same request id for all attempts', async () => {
  const clock = createFakeClock();
  const ids: (string | undefined)[] = [];
  const target: FunctionHost = {
    name: 'fn',
    arn: 'arn',
    timeoutSeconds: 1,
    reservedConcurrency: undefined,
    initialize: async () => undefined,
    stop: async () => {},
    async invoke(_event, options) {
      ids.push(options?.requestId);
      return ids.length === 1 ? FAILURE : SUCCESS;
    },
  };
  createAsyncInvoker(clock, () => {}).accept(target, {});
  await settled();
  clock.advance(60_000);
  await settled();
  expect(ids).toEqual([ids[0], ids[0]]);
  expect(ids[0]).toMatch(/^[0-9a-f-]{36}$/);
});
