import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { expect, test } from 'vitest';
import { createManualClock } from '../../../local/time/manual-clock.ts';
import { startFaultyShop } from './fault-fixture.ts';

const WRITES_AND_WAITS = `async event => {
  console.log('begin ' + event.Records[0].body);
  await new Promise(resolve => setTimeout(resolve, 300));
  console.log('end ' + event.Records[0].body);
}`;

/** A shop by the clock of the test, in which one message was sent until its handler has ended. */
async function startShop(timeoutSeconds = 3) {
  const clock = createManualClock(Date.UTC(2030, 0, 1));
  const shop = await startFaultyShop({ code: WRITES_AND_WAITS, timeoutSeconds, clock });
  return {
    ...shop,
    async sendOne() {
      await shop.sqs.send(new SendMessageCommand({ QueueUrl: shop.inbox.url, MessageBody: 'a' }));
      await clock.advanceTo(clock.now() + 20_000);
      expect(shop.lines).toContain('end a');
    },
  };
}

const begun = (lines: readonly string[]) => lines.filter(line => line === 'begin a').length;

test('a crash before the handler kills the process: the message comes again', async () => {
  const shop = await startShop();
  const fault = shop.faults.add({ function: shop.functionName, kind: 'crash', times: 1 });

  await shop.sendOne();

  expect(fault.count).toBe(1);
  expect(begun(shop.lines)).toBe(1);
  expect(shop.lines.join()).toContain('Runtime exited with error: signal: killed');
});

test('a crash during the handler kills the process in the middle of it', async () => {
  const shop = await startShop();
  shop.faults.add({ function: shop.functionName, kind: 'crash', afterMs: 150, times: 1 });

  await shop.sendOne();

  expect(begun(shop.lines)).toBe(2);
});

test('out of memory ends the process as V8 does', async () => {
  const shop = await startShop();
  shop.faults.add({ function: shop.functionName, kind: 'outOfMemory', afterMs: 150, times: 1 });

  await shop.sendOne();

  expect(shop.lines.join()).toContain('Runtime exited with error: signal: aborted');
});

test.each([0, 150])('a function that times out after %i ms is killed at its timeout', async afterMs => {
  const shop = await startShop(1);
  shop.faults.add({ function: shop.functionName, kind: 'timeout', afterMs, times: 1 });

  await shop.sendOne();

  expect(shop.lines.join()).toContain('timed out after 1.00 seconds');
});

test('a throttled invocation is tried again', async () => {
  const shop = await startShop();
  const fault = shop.faults.add({ function: shop.functionName, kind: 'throttle', times: 1 });

  await shop.sendOne();

  expect(fault.count).toBe(1);
  expect(begun(shop.lines)).toBe(1);
});

test.each([
  'duplicate',
  'visibilityExpires',
  'acknowledgementLost',
] as const)('%s hands a message to two invocations', async kind => {
  const shop = await startShop();
  shop.faults.add({ queue: shop.inbox.name, kind, times: 1 });

  await shop.sendOne();

  expect(begun(shop.lines)).toBe(2);
});
