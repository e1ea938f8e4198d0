import { ExportWorkflow, TaskQueue, TaskWorkflow } from 'cdk-background-jobs';
import { beforeAll, expect, test } from 'vitest';
import { deliver, exportParcels, sendParcel } from './fixtures/parcels.ts';
import { startWorld, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld(shop => {
    const fixtures = 'test/scenarios/fixtures';
    const tasks = [deliver];
    const queue = new TaskQueue(shop, 'Parcels', { tasks, entry: `${fixtures}/parcel-consumer.ts` });
    const queues = [queue];
    const entry = `${fixtures}/parcel-steps.ts`;
    new TaskWorkflow(shop, 'Send', { workflow: sendParcel, entry, queues });
    const definition = exportParcels;
    new ExportWorkflow(shop, 'Export', { definition, entry: `${fixtures}/parcel-export.ts`, queues });
  });
  return () => world.stop();
});

/** A workflow that has sent the task, and the task's run. */
async function sent(subject: string) {
  const { local } = world;
  const { runId } = await local.workflows.startWorkflow(sendParcel, { subject });
  await local.idle();
  const [taskRun] = (await local.client.listRuns({ task: deliver, limit: 1 })).runs;
  if (taskRun === undefined) throw new Error('no task was sent');
  return {
    taskRunId: taskRun.runId,
    workflow: () => local.workflows.getWorkflowRun(sendParcel, runId),
    task: () => local.client.getRun(taskRun.runId),
  };
}

test("a task's result is the answer of the flow, at the next look", async () => {
  const { workflow, task } = await sent('ada');
  await world.local.advance('1m');
  expect((await task())?.result).toEqual({ signedBy: 'ada' });
  expect(await workflow()).toMatchObject({ status: 'succeeded', output: { signedBy: 'ada' } });
});

test('a task that is dead-lettered fails its workflow, which says why', async () => {
  const { workflow, taskRunId } = await sent('misaddressed');
  await world.local.advance('1m');
  expect(await workflow()).toMatchObject({
    status: 'failed',
    error: {
      name: 'NonRetryableError',
      message: `run ${taskRunId} of task 'deliver' is deadLettered: NonRetryableError: nobody lives there`,
    },
  });
});

test('a task that is canceled fails its workflow', async () => {
  const { workflow, taskRunId } = await sent('not at home, and called off');
  await world.local.advance('2m');
  expect((await workflow())?.status).toBe('running');
  await world.local.client.cancelRun(taskRunId);
  await world.local.advance('1m');
  expect(await workflow()).toMatchObject({
    status: 'failed',
    error: {
      name: 'NonRetryableError',
      message: expect.stringContaining(`run ${taskRunId} of task 'deliver' is canceled`),
    },
  });
});

test('a task that ends when its workflow has given up ends by itself, and changes nothing', async () => {
  const { workflow, task } = await sent('not at home');
  await world.local.advance('11m');
  const givenUp = {
    status: 'failed',
    error: { name: 'WaitTimeout', message: "task 'deliver' was not done within 600 s" },
  };
  expect(await workflow()).toMatchObject(givenUp);
  expect((await task())?.finishedAt).toBeUndefined();
  await world.local.advance('10m');
  expect(await task()).toMatchObject({ status: 'succeeded', attempt: 2 });
  expect(await workflow()).toMatchObject(givenUp);
});

test('an export is told of by a task, and ends with its file', async () => {
  const { local } = world;
  const { runId } = await local.workflows.startWorkflow(exportParcels, { subject: 'ada' });
  await local.advance('2m');
  const run = await local.workflows.getWorkflowRun(exportParcels, runId);
  expect(run).toMatchObject({ status: 'succeeded', output: { rows: 1 } });
  const [told] = (await local.client.listRuns({ task: deliver, limit: 1 })).runs;
  expect(told).toMatchObject({ status: 'succeeded', result: { signedBy: run?.output?.key } });
});
