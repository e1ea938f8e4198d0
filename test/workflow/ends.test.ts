import { StopExecutionCommand } from '@aws-sdk/client-sfn';
import { expect, test, vi } from 'vitest';
import * as z from 'zod';
import { defineTask } from '../../contract/task.ts';
import { defineWorkflow } from '../../contract/workflow/workflow.ts';
import { createWorkflow } from '../../lambda/workflow/create-workflow.ts';
import { handleStep } from '../../lambda/workflow/handle-step.ts';
import { approval, decide, escalate } from './fixtures/workflows.ts';
import { startWorkflows } from './start-workflows.ts';

const DAY_MS = 86_400_000;

const handlers = (decision: () => { outcome: string } = () => ({ outcome: 'paid' })) => [
  handleStep(decide, decision),
  handleStep(escalate, () => ({ approved: false })),
];

test('cancelWorkflowRun ends a waiting run: no step runs any more', async () => {
  const onEnded = vi.fn();
  const { client, advanceTo, service } = await startWorkflows(approval, handlers(), { onEnded });
  const { runId } = await client.startWorkflow(approval, { amount: 1 });
  await advanceTo(DAY_MS);
  const run = await client.cancelWorkflowRun(approval, runId, { reason: 'the order is gone' });
  expect(run).toMatchObject({
    status: 'canceled',
    error: { name: 'Canceled', message: 'the order is gone' },
  });
  await advanceTo(10 * DAY_MS);
  expect(service.executions()[0]?.record.status).toBe('ABORTED');
  expect(onEnded).toHaveBeenCalledExactlyOnceWith(
    expect.objectContaining({ runId, status: 'canceled', steps: [] }),
  );
});

test('a start that a cancellation overtook begins no step', async () => {
  const { client, invoke } = await startWorkflows(approval, handlers());
  const { runId } = await client.startWorkflow(approval, { amount: 1 });
  await client.cancelWorkflowRun(approval, runId);
  const step = invoke({ kind: 'step', runId, step: 'decide', input: { approved: true }, attempt: 1 });
  await expect(step).rejects.toThrow(`run ${runId} of workflow 'approval' is canceled`);
});

test('a start that a cancellation overtook waits for no signal', async () => {
  const { client, sfn, advanceTo, service } = await startWorkflows(approval, handlers());
  const { send } = sfn;
  sfn.send = async (command: object) => {
    sfn.send = send;
    const [run] = (await client.listWorkflowRuns(approval)).runs;
    await client.cancelWorkflowRun(approval, run?.runId ?? '');
    return await Reflect.apply(send, sfn, [command]);
  };
  const { runId } = await client.startWorkflow(approval, { amount: 1 });
  await advanceTo(0);
  expect(service.executions()[0]?.record).toMatchObject({ status: 'FAILED', error: 'RunEndedError' });
  expect((await client.getWorkflowRun(approval, runId))?.status).toBe('canceled');
});

/** Its function in the place of the approval's. */
const reporting = defineWorkflow({
  name: 'approval',
  input: z.object({}),
  timeout: '1d',
  flow: flow =>
    flow.task(defineTask({ name: 'report', payload: z.object({}) }), () => ({}), {
      every: '1m',
      timeout: '1h',
    }),
});

test('a start that a cancellation overtook sends no task', async () => {
  const { client, invoke } = await startWorkflows(approval, handlers(), {
    createEntry: options => createWorkflow(reporting, [], options),
  });
  const { runId } = await client.startWorkflow(approval, { amount: 1 });
  await client.cancelWorkflowRun(approval, runId);
  const sent = invoke({ kind: 'sendTask', runId, state: 'Send report', task: 'report', payload: {} });
  await expect(sent).rejects.toThrow(`run ${runId} of workflow 'approval' is canceled`);
});

test('canceling a run that has succeeded leaves it; one that never was is an error', async () => {
  const { client, advanceTo } = await startWorkflows(approval, handlers());
  const { runId } = await client.startWorkflow(approval, { amount: 1 });
  await client.signalWorkflow(approval, runId, 'decision', { approved: true });
  await advanceTo(0);
  expect((await client.cancelWorkflowRun(approval, runId)).status).toBe('succeeded');
  await expect(client.cancelWorkflowRun(approval, 'nobody')).rejects.toThrow('There is no run nobody');
});

test('a workflow that takes longer than its timeout is timedOut, though no state could say so', async () => {
  const onEnded = vi.fn();
  const short = { ...approval, timeoutSeconds: 3600 };
  const { client, advanceTo } = await startWorkflows(short, handlers(), { onEnded });
  const { runId } = await client.startWorkflow(short, { amount: 1 });
  await advanceTo(3_600_000);
  expect(await client.getWorkflowRun(short, runId)).toMatchObject({
    status: 'timedOut',
    error: { name: 'WorkflowTimeout' },
  });
  expect(onEnded).toHaveBeenCalledOnce();
});

test('an end that nobody was told of is found when the run is read a minute later', async () => {
  const { client, advanceTo, untold } = await startWorkflows(approval, handlers(), { tellEnds: false });
  const { runId } = await client.startWorkflow(approval, { amount: 1 });
  await client.signalWorkflow(approval, runId, 'decision', { approved: true });
  await advanceTo(59_999);
  expect(untold).toHaveLength(1);
  expect((await client.getWorkflowRun(approval, runId))?.status).toBe('running');
  await advanceTo(1);
  expect(await client.getWorkflowRun(approval, runId)).toMatchObject({
    status: 'succeeded',
    output: { outcome: 'paid' },
  });
});

test('the end of a run that waits for days is found when the run is read a minute later', async () => {
  const { client, advanceTo, sfn, service } = await startWorkflows(approval, handlers(), { tellEnds: false });
  const { runId } = await client.startWorkflow(approval, { amount: 1 });
  await advanceTo(0);
  await sfn.send(new StopExecutionCommand({ executionArn: service.executions()[0]?.record.arn }));
  await advanceTo(60_000);
  expect((await client.getWorkflowRun(approval, runId))?.status).toBe('canceled');
});

test('a run whose starter died is told as failed, not as queued for ever', async () => {
  const { client, sfn, advanceTo } = await startWorkflows(approval, handlers());
  const { send } = sfn;
  sfn.send = () => new Promise(() => {});
  void client.startWorkflow(approval, { amount: 1 });
  await expect
    .poll(async () => (await client.listWorkflowRuns(approval)).runs, { timeout: 20_000 })
    .toHaveLength(1);
  sfn.send = send;
  const [run] = (await client.listWorkflowRuns(approval)).runs;
  await advanceTo(60_000);
  expect(await client.getWorkflowRun(approval, run?.runId ?? '')).toMatchObject({
    status: 'failed',
    error: { name: 'NeverStarted' },
  });
});

test('an onEnded that throws fails the invocation, so that Lambda tries it again', async () => {
  const onEnded = vi.fn().mockRejectedValueOnce(new Error('no connection'));
  const { client, advanceTo, untold, invoke } = await startWorkflows(approval, handlers(), {
    onEnded,
    tellEnds: false,
  });
  const { runId } = await client.startWorkflow(approval, { amount: 1 });
  await client.signalWorkflow(approval, runId, 'decision', { approved: true });
  await advanceTo(0);
  await expect(invoke(untold[0])).rejects.toThrow('no connection');
  await invoke(untold[0]);
  expect(onEnded).toHaveBeenCalledTimes(2);
});
