import { expect, it } from 'vitest';
import { createClient } from '../../client/create-client.ts';
import { runContext } from '../../client/run-context.ts';
import { handle } from '../../lambda/handle.ts';
import type { TaskRun } from '../../lambda/task-run.ts';
import { BACKOFF_MS, type Cloud, envelopeOf, greet, START_MS, startCloud } from './consumer-fixture.ts';

it('sends a task from a handler one level deeper than its run', async () => {
  // GIVEN
  const cloud = await startCloud();
  const client = createClient({ ...cloud.clients, clock: cloud.clock, queues: [cloud.config([greet.name])] });
  cloud.consume(handle(greet, ({ name }) => name === 'Ada' && client.sendTask(greet, { name: 'Bob' })));
  await cloud.send(envelopeOf('run-1', { depth: 4 }));

  // WHEN
  await cloud.deliver();

  // THEN
  expect(cloud.queue.receive(10).map(({ body }) => JSON.parse(body))).toMatchObject([
    { payload: { name: 'Bob' }, depth: 5 },
  ]);
});

it('keeps the depths of runs apart that work side by side', async () => {
  const cloud = await startCloud();
  const depths = new Map<string, number>();
  cloud.consume(
    handle(greet, async (_, { runId }) => {
      await cloud.items();
      depths.set(runId, runContext.getStore()?.depth ?? -1);
    }),
  );
  await cloud.send(envelopeOf('run-0', { depth: 0 }));
  await cloud.send(envelopeOf('run-7', { depth: 7 }));

  await cloud.deliver();

  expect(Object.fromEntries(depths)).toEqual({ 'run-0': 0, 'run-7': 7 });
});

async function attempts(cloud: Cloud): Promise<TaskRun[]> {
  const runs: TaskRun[] = [];
  cloud.consume(
    handle(greet, (_, run) => {
      runs.push(run);
      throw new Error('smtp is down');
    }),
  );
  await cloud.send(envelopeOf('run-1'));
  for (let attempt = 1; attempt <= 3; attempt++) await cloud.deliverAfter(BACKOFF_MS);
  await cloud.send(cloud.letters()[0]?.body ?? '');
  await cloud.deliver();
  return runs;
}

it('tells a handler its run, attempt, epoch and when it was first sent', async () => {
  const runs = await attempts(await startCloud());

  const run = { runId: 'run-1', task: 'greet', firstSentAt: new Date(START_MS) };
  expect(runs).toMatchObject([
    { ...run, epoch: 0, attempt: 1 },
    { ...run, epoch: 0, attempt: 2 },
    { ...run, epoch: 0, attempt: 3 },
    { ...run, epoch: 1, attempt: 1 },
  ]);
});

it('gives an effect the same idempotency key in each attempt and epoch', async () => {
  const runs = await attempts(await startCloud());

  expect(runs.map(run => run.idempotencyKey('charge'))).toEqual(Array(4).fill('run-1:charge'));
});
