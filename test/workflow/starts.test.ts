import { StartExecutionCommand } from '@aws-sdk/client-sfn';
import { expect, test } from 'vitest';
import * as z from 'zod';
import { defineWorkflow } from '../../contract/workflow/workflow.ts';
import { createWorkflow } from '../../lambda/workflow/create-workflow.ts';
import { handleStep } from '../../lambda/workflow/handle-step.ts';
import { approval, decide, escalate, fetchIssue } from './fixtures/workflows.ts';
import { startWorkflows } from './start-workflows.ts';

/** For slow machines. */
const PATIENT = { timeout: 20_000 };

const HANDLERS = [
  handleStep(decide, () => ({ outcome: 'paid' })),
  handleStep(escalate, () => ({ approved: false })),
];

const noted = defineWorkflow({
  name: 'noted',
  input: z.object({ note: z.string() }),
  timeout: '1d',
  flow: flow => flow.wait('1h'),
});

test('two starts of one key are one run', async () => {
  const { client, service } = await startWorkflows(approval, HANDLERS);
  const key = { idempotencyKey: 'invoice-1' };
  const [first, second] = await Promise.all([
    client.startWorkflow(approval, { amount: 1 }, key),
    client.startWorkflow(approval, { amount: 1 }, key),
  ]);
  expect(first.runId).toBe(second.runId);
  expect([first.duplicate, second.duplicate].sort()).toEqual([false, true]);
  expect(service.executions()).toHaveLength(1);
});

test('a run goes by what its schemas have made of input and signal; a repetition by what was sent', async () => {
  let made = 0;
  const numbered = z.object({ n: z.number().default(() => ++made) });
  const workflow = defineWorkflow({
    name: 'numbered',
    input: numbered,
    timeout: '1d',
    flow: flow =>
      flow
        .wait('1m')
        .waitForSignal('go', numbered, { timeout: '1h' })
        .set(({ input, value }) => ({ input: input.n, signal: value.n })),
  });
  const { client, advanceTo } = await startWorkflows(workflow, []);
  const key = { idempotencyKey: 'invoice-1' };
  const { runId } = await client.startWorkflow(workflow, {}, key);
  expect((await client.startWorkflow(workflow, {}, key)).duplicate).toBe(true);
  made = 10;
  await client.signalWorkflow(workflow, runId, 'go', {});
  await client.signalWorkflow(workflow, runId, 'go', {});
  await advanceTo(60_000);
  expect((await client.getWorkflowRun(workflow, runId))?.output).toEqual({ input: 1, signal: 11 });
});

test('a key with another input fails', async () => {
  const { client } = await startWorkflows(approval, HANDLERS);
  const key = { idempotencyKey: 'invoice-1' };
  await client.startWorkflow(approval, { amount: 1 }, key);
  await expect(client.startWorkflow(approval, { amount: 2 }, key)).rejects.toMatchObject({
    name: 'IdempotencyKeyReusedError',
  });
});

test('a keyed start that died before Step Functions had it is finished by its repetition', async () => {
  const { client, sfn, service } = await startWorkflows(approval, HANDLERS);
  const key = { idempotencyKey: 'invoice-1' };
  const { send } = sfn;
  // Lost with its answer, and whoever would have cleared up is dead.
  sfn.send = () => new Promise(() => {});
  void client.startWorkflow(approval, { amount: 1 }, key);
  await expect.poll(async () => (await client.listWorkflowRuns(approval)).runs, PATIENT).toHaveLength(1);
  sfn.send = send;
  const again = await client.startWorkflow(approval, { amount: 1 }, key);
  expect(again.duplicate).toBe(true);
  expect(service.executions()).toHaveLength(1);
});

test('a keyed start that nobody finished is shown as failed, and finished by a later repetition', async () => {
  const { client, sfn, service, advanceTo } = await startWorkflows(approval, HANDLERS);
  const key = { idempotencyKey: 'invoice-1' };
  const { send } = sfn;
  sfn.send = () => Promise.reject(new Error('throttled'));
  await expect(client.startWorkflow(approval, { amount: 1 }, key)).rejects.toThrow('throttled');
  sfn.send = send;
  const [run] = (await client.listWorkflowRuns(approval)).runs;
  const { runId = '' } = run ?? {};
  await advanceTo(60_000);
  expect(await client.getWorkflowRun(approval, runId)).toMatchObject({
    status: 'failed',
    error: { name: 'NeverStarted' },
  });
  expect(await client.startWorkflow(approval, { amount: 1 }, key)).toEqual({ runId, duplicate: true });
  expect(service.executions()).toHaveLength(1);
  await client.signalWorkflow(approval, runId, 'decision', { approved: true });
  await advanceTo(0);
  expect((await client.getWorkflowRun(approval, runId))?.status).toBe('succeeded');
});

test('a start that fails leaves the run to another start of its key', async () => {
  const { client, sfn, advanceTo } = await startWorkflows(approval, HANDLERS);
  const key = { idempotencyKey: 'invoice-1' };
  const { send } = sfn;
  const failure = Promise.withResolvers<never>();
  sfn.send = () => failure.promise;
  const first = client.startWorkflow(approval, { amount: 1 }, key);
  await expect.poll(async () => (await client.listWorkflowRuns(approval)).runs, PATIENT).toHaveLength(1);
  // The other one has found the row, when this one fails.
  sfn.send = async (command: object) => {
    failure.reject(new Error('throttled'));
    await expect(first).rejects.toThrow('throttled');
    return await Reflect.apply(send, sfn, [command]);
  };
  const { runId } = await client.startWorkflow(approval, { amount: 1 }, key);
  sfn.send = send;
  await client.signalWorkflow(approval, runId, 'decision', { approved: true });
  await advanceTo(0);
  expect((await client.getWorkflowRun(approval, runId))?.status).toBe('succeeded');
});

test('a keyed start whose input Step Functions refuses leaves nothing', async () => {
  const { client } = await startWorkflows(noted, []);
  const input = { note: 'x'.repeat(262_145) };
  const start = client.startWorkflow(noted, input, { idempotencyKey: 'note-1' });
  await expect(start).rejects.toMatchObject({ name: 'ValidationException' });
  expect((await client.listWorkflowRuns(noted)).runs).toEqual([]);
});

test('a start that Step Functions refuses leaves nothing', async () => {
  const { client, sfn } = await startWorkflows(approval, HANDLERS);
  const { send } = sfn;
  sfn.send = (command: object) =>
    command instanceof StartExecutionCommand
      ? Promise.reject(new Error('throttled'))
      : Reflect.apply(send, sfn, [command]);
  await expect(client.startWorkflow(approval, { amount: 1 })).rejects.toThrow('throttled');
  expect((await client.listWorkflowRuns(approval)).runs).toEqual([]);
});

test('an input that the schema refuses starts nothing', async () => {
  const { client, service } = await startWorkflows(approval, HANDLERS);
  // @ts-expect-error a wrong input is a type error, too
  await expect(client.startWorkflow(approval, { amount: 'much' })).rejects.toThrow(
    "the input of workflow 'approval' is not valid: amount:",
  );
  expect(service.executions()).toEqual([]);
});

test('a workflow that is not known here fails with the fix', async () => {
  const { client } = await startWorkflows(approval, HANDLERS);
  const other = { ...approval, name: 'other' };
  await expect(client.startWorkflow(other, { amount: 1 })).rejects.toThrow(
    "No workflow 'other' is known here; there are: 'approval'. Let the stack call grantStart",
  );
});

test('runs are listed, newest first, in pages', async () => {
  const { client, clock } = await startWorkflows(approval, HANDLERS);
  const runIds: string[] = [];
  for (const amount of [1, 2, 3]) {
    runIds.unshift((await client.startWorkflow(approval, { amount })).runId);
    clock.advance(1000);
  }
  const first = await client.listWorkflowRuns(approval, { limit: 2 });
  expect(first.runs.map(({ runId }) => runId)).toEqual(runIds.slice(0, 2));
  const { cursor = '' } = first;
  const rest = await client.listWorkflowRuns(approval, { limit: 2, cursor });
  expect(rest.runs.map(({ runId }) => runId)).toEqual(runIds.slice(2));
  expect(rest.cursor).toBeUndefined();
});

test.each([
  ['a step has no handler', HANDLERS.slice(1), "No handler for 'decide' of workflow 'approval'"],
  [
    'a handler has no step',
    [...HANDLERS, handleStep(fetchIssue, () => ({ comments: 0, author: '' }))],
    "A handler for 'fetch-issue'",
  ],
  ['a step has two handlers', [...HANDLERS, ...HANDLERS], "Step 'decide' has two handlers"],
])('createWorkflow fails when %s', (_what, handlers, message) => {
  const workflows = [{ name: 'approval', machine: 'm', table: 't' }];
  expect(() => createWorkflow(approval, handlers, { workflows })).toThrow(message);
});

test('createWorkflow fails for another workflow than the construct has', () => {
  const workflows = [{ name: 'remind', machine: 'm', table: 't' }];
  expect(() => createWorkflow(approval, HANDLERS, { workflows })).toThrow("this function is of 'remind'");
});
