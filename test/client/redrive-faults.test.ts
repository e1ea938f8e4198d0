import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { intercept } from './cloud-fixture.ts';
import { type DeadLetterCloud, startDeadLetterCloud } from './dead-letter-fixture.ts';

class Crash extends Error {}

/** Ends the redrive's process at the next call of a command, before or after AWS has carried it out. */
function crashAt(cloud: DeadLetterCloud) {
  let plan: { readonly command: string; readonly calls: number; readonly after: boolean } | undefined;
  let dead = false;
  let calls = 0;
  intercept(cloud.sqs, async (command, next) => {
    if (dead) throw new Crash();
    if (plan === undefined || command !== plan.command || ++calls < plan.calls) return await next();
    dead = true;
    if (plan.after) await next();
    throw new Crash();
  });
  return {
    /** The process that crashes so; what it held becomes visible when its time is up. */
    async redriveAndCrash(command: string, after: boolean, nthCall: number): Promise<void> {
      [plan, calls] = [{ command, calls: nthCall, after }, 0];
      const client = cloud.clientOf([cloud.queue], { onWarning: () => {} });
      await client.redriveAll().catch((error: unknown) => {
        if (!(error instanceof Crash)) throw error;
      });
      [plan, dead] = [undefined, false];
      cloud.clock.advance(600_000);
    },
  };
}

const COMMANDS = ['ReceiveMessageCommand', 'SendMessageBatchCommand', 'DeleteMessageBatchCommand'] as const;

describe('a redrive whose process dies', () => {
  it('between send and delete, and is done again, runs each run once', async () => {
    const cloud = await startDeadLetterCloud();
    const crash = crashAt(cloud);
    await cloud.giveUp(['a', 'b']);

    await crash.redriveAndCrash('DeleteMessageBatchCommand', false, 1);
    expect(cloud.letterCounts().visible).toBe(2);
    expect(await cloud.client.redriveAll()).toMatchObject({ redriven: 2 });
    await cloud.deliver();

    expect(cloud.handler).toHaveBeenCalledTimes(2);
    expect(cloud.letterCounts()).toMatchObject({ visible: 0, inFlight: 0 });
  });

  it('between send and delete leaves letters that are stale once their runs are done', async () => {
    const cloud = await startDeadLetterCloud();
    const crash = crashAt(cloud);
    await cloud.giveUp(['a', 'b']);

    await crash.redriveAndCrash('DeleteMessageBatchCommand', false, 1);
    await cloud.deliver();

    expect(await cloud.client.redriveAll()).toMatchObject({ redriven: 0, stale: 2 });
    await cloud.deliver();
    expect(cloud.handler).toHaveBeenCalledTimes(2);
  });

  it('anywhere, at any time, among deliveries and other redrives, loses no run and runs none twice', async () => {
    const step = fc.oneof(
      fc.record({
        kind: fc.constant('crash' as const),
        command: fc.constantFrom(...COMMANDS),
        after: fc.boolean(),
        nthCall: fc.integer({ min: 1, max: 2 }),
      }),
      fc.constantFrom(
        { kind: 'deliver' as const },
        { kind: 'redriveAll' as const },
        { kind: 'together' as const },
      ),
      fc.record({ kind: fc.constant('redriveOne' as const), index: fc.nat({ max: 14 }) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 6 }), async steps => {
        // GIVEN 15 dead letters: more than one batch
        const cloud = await startDeadLetterCloud();
        const { client, handler } = cloud;
        const crash = crashAt(cloud);
        const runIds = Array.from({ length: 15 }, (_, index) => `run-${index}`);
        await cloud.giveUp(runIds);

        // WHEN
        for (const each of steps) {
          if (each.kind === 'crash') await crash.redriveAndCrash(each.command, each.after, each.nthCall);
          if (each.kind === 'deliver') await cloud.deliver();
          if (each.kind === 'redriveAll') await client.redriveAll();
          if (each.kind === 'together') await Promise.all([client.redriveAll(), client.redriveAll()]);
          if (each.kind === 'redriveOne')
            await client.redrive(`run-${each.index}`).catch(() => 'it has succeeded');
          await allAccountedFor(cloud, runIds);
        }

        // THEN
        await client.redriveAll();
        await cloud.deliver();
        await client.redriveAll();
        expect(handler.mock.calls.map(([, run]) => `${run.runId}:${run.epoch}`).sort()).toEqual(
          runIds.map(runId => `${runId}:1`).sort(),
        );
        expect(cloud.letterCounts()).toMatchObject({ visible: 0, inFlight: 0 });
      }),
      { numRuns: 20 },
    );
  });
});

/** Each run has succeeded, or has a message in one of the two queues. */
async function allAccountedFor(cloud: DeadLetterCloud, runIds: readonly string[]): Promise<void> {
  const done = (await cloud.rows()).filter(({ status }) => status === 'succeeded');
  const found = new Set(done.map(({ runId }) => runId));
  for (const url of [cloud.queue.url, cloud.queue.deadLetterUrl]) {
    const local = cloud.local({ url });
    const received = [];
    for (let more = local.receive(10); more.length > 0; more = local.receive(10)) received.push(...more);
    for (const { body, receiptHandle } of received) {
      found.add((JSON.parse(body) as { runId: string }).runId);
      local.changeVisibility(receiptHandle, 0);
    }
  }
  expect([...found].sort()).toEqual([...runIds].sort());
}
