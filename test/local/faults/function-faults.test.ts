import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { expect, test, vi } from 'vitest';
import { startFaultyShop } from './fault-fixture.ts';

const WRITES_AND_WAITS = `async event => {
  console.log('begin ' + event.Records[0].body);
  await new Promise(resolve => setTimeout(resolve, 300));
  console.log('end ' + event.Records[0].body);
}`;

/** Sends one message and waits until its handler has ended. */
async function sendOne({ sqs, inbox, lines }: Awaited<ReturnType<typeof startFaultyShop>>) {
  await sqs.send(new SendMessageCommand({ QueueUrl: inbox.url, MessageBody: 'a' }));
  await vi.waitFor(() => expect(lines).toContain('end a'), 20_000);
}

const begun = (lines: readonly string[]) => lines.filter(line => line === 'begin a').length;

test('a crash before the handler kills the process: the message comes again', async () => {
  const shop = await startFaultyShop({ code: WRITES_AND_WAITS });
  const fault = shop.faults.add({ function: shop.functionName, kind: 'crash', times: 1 });

  await sendOne(shop);

  expect(fault.count).toBe(1);
  expect(begun(shop.lines)).toBe(1);
  expect(shop.lines.join()).toContain('Runtime exited with error: signal: killed');
});

test('a crash during the handler kills the process in the middle of it', async () => {
  const shop = await startFaultyShop({ code: WRITES_AND_WAITS });
  shop.faults.add({ function: shop.functionName, kind: 'crash', afterMs: 150, times: 1 });

  await sendOne(shop);

  expect(begun(shop.lines)).toBe(2);
});

test('out of memory ends the process as V8 does', async () => {
  const shop = await startFaultyShop({ code: WRITES_AND_WAITS });
  shop.faults.add({ function: shop.functionName, kind: 'outOfMemory', afterMs: 150, times: 1 });

  await sendOne(shop);

  expect(shop.lines.join()).toContain('Runtime exited with error: signal: aborted');
});

test.each([0, 150])('a function that times out after %i ms is killed at its timeout', async afterMs => {
  const shop = await startFaultyShop({ code: WRITES_AND_WAITS, timeoutSeconds: 1 });
  shop.faults.add({ function: shop.functionName, kind: 'timeout', afterMs, times: 1 });

  await sendOne(shop);

  expect(shop.lines.join()).toContain('timed out after 1.00 seconds');
});

test('a throttled invocation is tried again', async () => {
  const shop = await startFaultyShop({ code: WRITES_AND_WAITS });
  const fault = shop.faults.add({ function: shop.functionName, kind: 'throttle', times: 1 });

  await sendOne(shop);

  expect(fault.count).toBe(1);
  expect(begun(shop.lines)).toBe(1);
});

test.each([
  'duplicate',
  'visibilityExpires',
  'acknowledgementLost',
] as const)('%s hands a message to two invocations', async kind => {
  const shop = await startFaultyShop({ code: WRITES_AND_WAITS });
  shop.faults.add({ queue: shop.inbox.name, kind, times: 1 });

  await sendOne(shop);

  await vi.waitFor(() => expect(begun(shop.lines)).toBe(2), 20_000);
});
