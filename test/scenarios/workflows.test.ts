import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SFNClient } from '@aws-sdk/client-sfn';
import { App, Stack } from 'aws-cdk-lib';
import { TaskWorkflow } from 'cdk-background-jobs';
import {
  createWorkflowClient,
  type WorkflowConfig,
  type WorkflowDefinition,
} from 'cdk-background-jobs/tasks';
import { startLocal } from 'cdk-background-jobs/testing';
import { expect, onTestFinished, test } from 'vitest';
import { newFolder } from '../local/engine/written-assembly.ts';
import { approval, remind } from './fixtures/workflows.ts';

/** A workflow as it is synthesized, by the clock of the test, with permissions on. */
async function started(workflow: WorkflowDefinition, entry: string) {
  const app = new App({ outdir: await newFolder() });
  new TaskWorkflow(new Stack(app, 'Shop'), 'Workflow', {
    workflow,
    entry: `test/scenarios/fixtures/${entry}`,
  });
  const lines: string[] = [];
  const local = await startLocal({
    app,
    time: 'manual',
    startAt: new Date('2030-01-01T00:00:00Z'),
    onLog: ({ text }) => lines.push(text),
  });
  onTestFinished(() => local.stop());
  const [config = '[]'] = local.functions.map(({ environment }) => environment.BACKGROUND_JOBS_WORKFLOWS);
  const sfn = new SFNClient(local.clientConfig);
  const asked: unknown[] = [];
  sfn.middlewareStack.add(
    (next, { commandName }) =>
      async args => {
        asked.push(commandName);
        return next(args);
      },
    { step: 'initialize' },
  );
  const client = createWorkflowClient({
    workflows: JSON.parse(config) as WorkflowConfig[],
    dynamodb: new DynamoDBClient(local.clientConfig),
    sfn,
    clock: {
      now: () => local.now().getTime(),
      sleep: () => Promise.reject(new Error('nothing waits here')),
    },
  });
  return {
    local,
    client,
    sfn,
    /** Commands to Step Functions from outside of it. */
    asked,
    /** What `onEnded` was told. */
    ends: () => lines.flatMap(line => /ended [-\w]+ \w+/.exec(line) ?? []),
  };
}

// https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html
test('new issue, 24 hours, fetch, remind: the run is settled by the rule of its end alone', async () => {
  // GIVEN an issue that nobody comments on, and one that somebody does
  const { local, client, asked, ends } = await started(remind, 'remind-steps.ts');
  const quiet = await client.startWorkflow(remind, { number: 2 });
  const busy = await client.startWorkflow(remind, { number: 3 });

  // WHEN
  await local.advance('23h');
  expect(ends()).toEqual([]);
  await local.advance('1h');

  // THEN
  expect(await client.getWorkflowRun(remind, quiet.runId)).toMatchObject({
    status: 'succeeded',
    output: { posted: true, at: '2030-01-02T00:00:00.000Z' },
  });
  expect(await client.getWorkflowRun(remind, busy.runId)).toMatchObject({
    status: 'succeeded',
    output: { posted: false },
  });
  expect(ends().sort()).toEqual([quiet, busy].map(({ runId }) => `ended ${runId} succeeded`).sort());
  expect(asked).toEqual(['StartExecutionCommand', 'StartExecutionCommand']);
});

test('request, signal within seven days or escalate: each end is told once', async () => {
  // GIVEN runs that are signaled, forgotten, and canceled
  const { local, client, asked, ends } = await started(approval, 'approval-steps.ts');
  const start = (amount: number) => client.startWorkflow(approval, { amount });
  const [signaled, small, large, canceled] = [
    await start(500),
    await start(5),
    await start(500),
    await start(5),
  ];

  // WHEN
  await local.advance('6d');
  await client.signalWorkflow(approval, signaled.runId, 'decision', { approved: true });
  await client.cancelWorkflowRun(approval, canceled.runId);
  // A socket of the function may be days old: its request is sent once more.
  await local.advance('1m');

  // THEN
  const first = [`ended ${signaled.runId} succeeded`, `ended ${canceled.runId} canceled`];
  expect(ends().sort()).toEqual(first.sort());
  await local.advance('2d');
  const later = [`ended ${small.runId} succeeded`, `ended ${large.runId} failed`];
  expect(ends().sort()).toEqual([...first, ...later].sort());
  expect(await client.getWorkflowRun(approval, large.runId)).toMatchObject({
    status: 'failed',
    error: { name: 'Error', message: 'refused' },
  });
  expect(asked).not.toContain('DescribeExecutionCommand');
});

test('whatever dies or is refused once, each run ends once, and is told of', async () => {
  // GIVEN a function whose requests fail, one at a time, in the runs of an approval
  const { local, client, sfn, ends } = await started(approval, 'approval-steps.ts');
  const [fn] = local.functions;
  if (fn === undefined) throw new Error('a workflow has a function');
  const signal = (runId: string) => client.signalWorkflow(approval, runId, 'decision', { approved: true });
  let early = false;
  sfn.middlewareStack.add(
    next => async args => {
      if (early && 'name' in args.input) await signal(String(args.input.name));
      return next(args);
    },
    { step: 'initialize' },
  );
  const requests = [
    // It keeps its token, makes two requests for a step, and two for the end.
    ...[0, 1, 2, 3, 4].map(skip => ({ service: 'dynamodb', skip, signaled: 'while it waits' }) as const),
    // It keeps its token, finds the signal, and passes it on.
    ...[0, 1].map(skip => ({ service: 'dynamodb', skip, signaled: 'before it waits' }) as const),
    { service: 'states', skip: 0, signaled: 'before it waits' } as const,
  ];
  const faults = (['throttle', 'crashBefore', 'crashAfter', 'lostAnswer'] as const).flatMap(kind =>
    requests.map(request => ({ kind, ...request })),
  );
  const wrong: unknown[] = [];
  for (const { kind, service, skip, signaled } of faults) {
    const fault = local.faults.add({ service, kind, caller: fn.name, skip, times: 1 });

    // WHEN
    early = signaled === 'before it waits';
    const { runId } = await client.startWorkflow(approval, { amount: 500 });
    if (!early) {
      await local.idle();
      await signal(runId);
    }
    await local.advance('10m');

    // THEN
    const run = await client.getWorkflowRun(approval, runId);
    const told = new Set(ends().filter(line => line.includes(runId)));
    const isRight = run?.status === 'succeeded' && run.output?.outcome === 'paid' && told.size === 1;
    if (!isRight || fault.count !== 1) {
      const { status, error } = run ?? {};
      wrong.push({ kind, service, skip, signaled, seen: fault.count, status, error, told: [...told] });
    }
    fault.remove();
  }
  expect(wrong).toEqual([]);
});
