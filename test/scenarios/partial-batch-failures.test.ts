import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Duration, type Stack } from 'aws-cdk-lib';
import { TaskQueue } from 'cdk-background-jobs';
import { expect, onTestFinished, test } from 'vitest';
import { work } from './fixtures/tasks.ts';
import { startWorld, WORK, type World, type WorldOptions } from './world.ts';

const SUBJECTS = Array.from({ length: 10 }, (_, index) => `record-${index}`);
const FAILING = 'record-3';

/** With a window, ten messages that are sent in one request are one batch. */
function jobs(shop: Stack): void {
  new TaskQueue(shop, 'Jobs', { ...WORK, maxBatchingWindow: Duration.seconds(1) });
}

/** Sends a batch of ten, of which one fails in its first attempt. Answers the runs' ids when no message is left. */
async function runBatch(options: WorldOptions = {}): Promise<{ world: World; runIds: readonly string[] }> {
  const world = await startWorld(jobs, options);
  onTestFinished(() => world.stop());
  const { outside, client } = world;
  const { promise: allAtWork, resolve } = Promise.withResolvers<void>();
  for (const subject of SUBJECTS) {
    outside.decide(subject, async ({ attempt }) => {
      if (outside.callsOf(...SUBJECTS).length === SUBJECTS.length) resolve();
      await allAtWork;
      return subject === FAILING && attempt === 1 ? 'fail' : 'succeed';
    });
  }
  const outcomes = await client.sendTasks(
    work,
    SUBJECTS.map(subject => ({ payload: { subject } })),
  );
  await world.drained(work);
  // All were at work at a time, and in one process: so in one invocation.
  expect(outside.pids.size).toBe(1);
  return { world, runIds: outcomes.flatMap(outcome => (outcome.status === 'sent' ? outcome.runId : [])) };
}

test('a record that fails is repeated without its neighbours', async () => {
  const { world, runIds } = await runBatch();

  const { outside, client } = world;
  const attempts = SUBJECTS.map(subject => outside.callsOf(subject).map(({ attempt }) => attempt));
  expect(attempts).toEqual(SUBJECTS.map(subject => (subject === FAILING ? [1, 2] : [1])));
  const runs = await Promise.all(runIds.map(runId => client.getRun(runId)));
  expect(runs.map(run => run?.status)).toEqual(SUBJECTS.map(() => 'succeeded'));
});

test('the same record is lost when the template does not say ReportBatchItemFailures', async () => {
  const { world, runIds } = await runBatch({ edit: removeReportBatchItemFailures });

  const { client } = world;
  const runs = await Promise.all(runIds.map(runId => client.getRun(runId)));
  expect(runs.map(run => run?.status)).toEqual(
    SUBJECTS.map(subject => (subject === FAILING ? 'retrying' : 'succeeded')),
  );
  expect(await client.countRuns(work)).toEqual({ waiting: 0, inFlight: 0, delayed: 0, deadLettered: 0 });
});

/** As TaskQueue would be if it forgot. */
async function removeReportBatchItemFailures(folder: string): Promise<void> {
  const file = join(folder, 'Shop.template.json');
  const template = await readFile(file, 'utf8');
  const edited = template.replace(/"FunctionResponseTypes": \[\s*"ReportBatchItemFailures"\s*\],?/, '');
  expect(edited).not.toBe(template);
  await writeFile(file, edited);
}
