import type { Run, RunPage } from 'cdk-background-jobs/tasks';
import { expect } from 'vitest';
import type { World } from '../world.ts';
import { type Scenario, statusOf, WINDOW_MS } from './scenario.ts';

export const operates: Scenario = async world => {
  const { operate, outside } = world;
  let healed = false;
  for (const subject of ['redriven', 'swept', 'given-up'])
    outside.decide(subject, () => (healed ? 'succeed' : 'fail'));
  const later = await send(world, 'send', 'later');
  const canceled = await operate<Run>('cancel', { runId: later });
  expect(canceled.status).toBe('canceled');
  const redriven = await send(world, 'sendOnce', 'redriven');
  const swept = await send(world, 'sendOnce', 'swept');
  const givenUp = await send(world, 'sendOnce', 'given-up');
  await world.advance(2 * WINDOW_MS);
  expect(await operate('get', { runId: redriven })).toMatchObject({ status: 'deadLettered' });
  expect((await operate<RunPage>('list')).runs.map(({ runId }) => runId)).toEqual([later]);
  expect(await operate('count')).toMatchObject({ deadLettered: 3 });
  expect((await operate<RunPage>('listDeadLetters')).runs).toHaveLength(3);
  expect(await operate('readDeadLetterQueue')).toHaveLength(3);
  await operate('discard', { runId: givenUp });
  expect(await world.deadLetters()).toHaveLength(2);
  healed = true;
  await operate('redrive', { runId: redriven });
  await operate('redriveAll');
  await world.advance(2 * WINDOW_MS);
  const statuses = await Promise.all([redriven, swept, givenUp].map(runId => statusOf(world, runId)));
  expect(statuses).toEqual(['succeeded', 'succeeded', 'deadLettered']);
  expect(await world.deadLetters()).toEqual([]);
};

async function send({ operate }: World, verb: 'send' | 'sendOnce', subject: string): Promise<string> {
  return (await operate<{ runId: string }>(verb, { subject })).runId;
}

export const sendsOncePerKey: Scenario = async world => {
  const send = () =>
    world.operate<{ duplicate: boolean }>('send', {
      subject: 'keyed',
      idempotencyKey: 'k',
      groupKey: 'ada',
    });
  expect([(await send()).duplicate, (await send()).duplicate]).toEqual([false, true]);
  expect(world.outside.callsOf('keyed')).toHaveLength(1);
};

export const refusesToSendWithoutGroup: Scenario = async world => {
  await expect(world.operate('send', { subject: 'ungrouped' })).rejects.toThrow(/groupKey/);
};
