import { TaskQueue } from 'cdk-background-jobs';
import type { Fault } from 'cdk-background-jobs/testing';
import { beforeAll, expect, test } from 'vitest';
import { riskyWork, riskyWorkOnce } from './fixtures/tasks.ts';
import { startWorld, WORK, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld(shop => {
    const entry = 'test/scenarios/fixtures/risky-consumer.ts';
    const props = { ...WORK, tasks: [riskyWork, riskyWorkOnce], entry };
    new TaskQueue(shop, 'Risky', { ...props, batchSize: 1 });
  });
  return () => world.stop();
});

const UPDATE = { service: 'dynamodb', action: 'UpdateItem', times: 1 } as const;

// They die one by one, each in an invocation of its own.
test('a run succeeds wherever its process dies, and its effect has one key', async () => {
  // GIVEN
  const { client, outside, local } = world;
  const name = local.functions[0]?.name ?? '';
  const deaths: readonly (readonly [subject: string, fault: Fault, attempt: number, calls: number])[] = [
    ['before the claim', { ...UPDATE, kind: 'crashBefore' }, 1, 1],
    ['after the claim', { ...UPDATE, kind: 'crashAfter' }, 2, 1],
    ['before the end is written', { ...UPDATE, skip: 1, kind: 'crashBefore' }, 2, 2],
    ['after the end was written', { ...UPDATE, skip: 1, kind: 'crashAfter' }, 1, 1],
    ['out of memory', { function: name, kind: 'outOfMemory', times: 1 }, 1, 1],
  ];

  // WHEN
  const runs = [];
  for (const [subject, fault, attempt, calls] of deaths) {
    const added = local.faults.add(fault);
    const { runId } = await client.sendTask(riskyWork, { subject });
    await local.idle();
    expect(added.count).toBe(1);
    runs.push({ subject, runId, attempt, calls });
  }

  // THEN
  for (const { subject, runId, attempt, calls } of runs) {
    const run = await client.waitForRun(runId, { timeout: '60s' });
    expect(run, subject).toMatchObject({ status: 'succeeded', attempt });
    expect(outside.callsOf(subject), subject).toHaveLength(calls);
    expect(new Set(outside.callsOf(subject).map(({ idempotencyKey }) => idempotencyKey)).size).toBe(1);
  }
});
