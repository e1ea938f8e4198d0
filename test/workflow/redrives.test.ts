import { DescribeExecutionCommand, RedriveExecutionCommand, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { expect, test, vi } from 'vitest';
import { handleStep } from '../../lambda/workflow/handle-step.ts';
import { approval, decide, escalate } from './fixtures/workflows.ts';
import { startWorkflows, type Workflows } from './start-workflows.ts';

const DAY_MS = 86_400_000;

const handlers = (decision: () => { outcome: string } = () => ({ outcome: 'paid' })) => [
  handleStep(decide, decision),
  handleStep(escalate, () => ({ approved: false })),
];

test('a redrive goes on from the step that failed', async () => {
  let broken = true;
  const decided: string[] = [];
  const decision = () => {
    decided.push(broken ? 'failed' : 'paid');
    if (broken) throw new Error('no connection');
    return { outcome: 'paid' };
  };
  const { client, advanceTo } = await startWorkflows(approval, handlers(decision));
  const { runId } = await client.startWorkflow(approval, { amount: 1 });
  await client.signalWorkflow(approval, runId, 'decision', { approved: true });
  await advanceTo(DAY_MS);
  expect((await client.getWorkflowRun(approval, runId))?.status).toBe('failed');
  broken = false;
  expect(await client.redriveWorkflowRun(approval, runId)).toMatchObject({ status: 'running', epoch: 1 });
  await advanceTo(0);
  expect(await client.getWorkflowRun(approval, runId)).toMatchObject({ status: 'succeeded', epoch: 1 });
  expect(decided).toEqual(['failed', 'failed', 'failed', 'failed', 'paid']);
});

test('a redrive that Step Functions refuses leaves the run as it was', async () => {
  const failing = () => {
    throw new Error('no connection');
  };
  const { client, advanceTo } = await startWorkflows(approval, handlers(failing));
  const { runId } = await client.startWorkflow(approval, { amount: 1 });
  await client.signalWorkflow(approval, runId, 'decision', { approved: true });
  await advanceTo(20 * DAY_MS);
  await expect(client.redriveWorkflowRun(approval, runId)).rejects.toMatchObject({
    name: 'ExecutionNotRedrivable',
  });
  expect(await client.getWorkflowRun(approval, runId)).toMatchObject({
    status: 'failed',
    epoch: 0,
    error: { name: 'Error', message: 'no connection' },
  });
});

test('a redrive of a run that has not failed is an error', async () => {
  const { client } = await startWorkflows(approval, handlers());
  const { runId } = await client.startWorkflow(approval, { amount: 1 });
  await expect(client.redriveWorkflowRun(approval, runId)).rejects.toThrow(
    'only one that failed, timed out or was canceled can be redriven',
  );
});

/** A run that was canceled and redriven before the rule's event of its end had been handled. */
async function redrivenUntold() {
  const onEnded = vi.fn();
  const fixture = await startWorkflows(approval, handlers(), { onEnded, tellEnds: false });
  const { client, advanceTo, invoke, untold } = fixture;
  const { runId } = await client.startWorkflow(approval, { amount: 1 });
  await advanceTo(1000);
  await client.cancelWorkflowRun(approval, runId);
  await client.redriveWorkflowRun(approval, runId);
  return { ...fixture, onEnded, runId, tellEnd: () => invoke(untold.shift()) };
}

test('an end that is told after the redrive is of a life before, and ends nothing', async () => {
  const { client, runId, tellEnd, advanceTo, onEnded } = await redrivenUntold();
  await tellEnd();
  expect(onEnded).not.toHaveBeenCalled();
  await client.signalWorkflow(approval, runId, 'decision', { approved: true });
  await advanceTo(0);
  await tellEnd();
  expect(await client.getWorkflowRun(approval, runId)).toMatchObject({ status: 'succeeded', epoch: 1 });
  expect(onEnded).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ status: 'succeeded' }));
});

test('a redrive that comes between a look at an execution and the write of its end is left alone', async () => {
  const { client, sfn, service, advanceTo, invoke, untold } = await startWorkflows(approval, handlers(), {
    tellEnds: false,
  });
  const { runId } = await client.startWorkflow(approval, { amount: 1 });
  await advanceTo(1000);
  const executionArn = service.executions()[0]?.record.arn;
  await sfn.send(new StopExecutionCommand({ executionArn }));
  await advanceTo(60_000);
  const { send } = sfn;
  sfn.send = async (command: object) => {
    const answer = await Reflect.apply(send, sfn, [command]);
    if (!(command instanceof DescribeExecutionCommand)) return answer;
    sfn.send = send;
    await invoke(untold[0]);
    await client.redriveWorkflowRun(approval, runId);
    return answer;
  };
  const run = await client.getWorkflowRun(approval, runId);
  // It may wait for its signal again by now.
  expect(run?.status).toMatch(/^(running|waiting)$/);
  expect(run?.epoch).toBe(1);
});

test('a redrive that Step Functions never had is taken back when the run is read a minute later', async () => {
  const { client, runId, sfn, advanceTo, service } = await failedRun();
  const { send } = sfn;
  sfn.send = (command: object) =>
    command instanceof RedriveExecutionCommand
      ? Promise.reject(new Error('connection lost'))
      : Reflect.apply(send, sfn, [command]);
  await expect(client.redriveWorkflowRun(approval, runId)).rejects.toThrow('connection lost');
  expect(await client.getWorkflowRun(approval, runId)).toMatchObject({ status: 'running', epoch: 1 });
  sfn.send = send;
  await advanceTo(60_000);
  expect(await client.getWorkflowRun(approval, runId)).toMatchObject({ status: 'failed', epoch: 0 });
  expect(await client.redriveWorkflowRun(approval, runId)).toMatchObject({ status: 'running', epoch: 1 });
  expect(service.executions()[0]?.record.redriveCount).toBe(1);
});

test('a signal that comes with a redrive is kept for the wait that begins anew', async () => {
  const { client, advanceTo, sfn } = await startWorkflows(approval, handlers());
  const { runId } = await client.startWorkflow(approval, { amount: 1 });
  await advanceTo(0);
  await client.cancelWorkflowRun(approval, runId);
  const { send } = sfn;
  sfn.send = async (command: object) => {
    sfn.send = send;
    await client.signalWorkflow(approval, runId, 'decision', { approved: true });
    return await Reflect.apply(send, sfn, [command]);
  };
  await client.redriveWorkflowRun(approval, runId);
  await advanceTo(0);
  expect((await client.getWorkflowRun(approval, runId))?.status).toBe('succeeded');
});

test('a redriven run is kept for as long as one that begins then', async () => {
  const { client, advanceTo } = await startWorkflows(approval, handlers());
  const { runId } = await client.startWorkflow(approval, { amount: 1 });
  await advanceTo(6 * DAY_MS);
  await client.cancelWorkflowRun(approval, runId);
  await advanceTo(13 * DAY_MS);
  await client.redriveWorkflowRun(approval, runId);
  await client.signalWorkflow(approval, runId, 'decision', { approved: true });
  // A run of 30 days is forgotten 90 days later.
  await advanceTo(119 * DAY_MS);
  expect((await client.getWorkflowRun(approval, runId))?.status).toBe('succeeded');
  await advanceTo(DAY_MS);
  expect(await client.getWorkflowRun(approval, runId)).toBeUndefined();
});

test('a redrive whose answer alone was lost goes on', async () => {
  let broken = true;
  const { client, runId, sfn, advanceTo } = await failedRun(() => broken);
  broken = false;
  const { send } = sfn;
  sfn.send = async (command: object) => {
    await Reflect.apply(send, sfn, [command]);
    throw new Error('connection lost');
  };
  await expect(client.redriveWorkflowRun(approval, runId)).rejects.toThrow('connection lost');
  sfn.send = send;
  await advanceTo(60_000);
  expect(await client.getWorkflowRun(approval, runId)).toMatchObject({ status: 'succeeded', epoch: 1 });
});

async function failedRun(isBroken = () => true): Promise<Workflows & { readonly runId: string }> {
  const decision = () => {
    if (isBroken()) throw new Error('no connection');
    return { outcome: 'paid' };
  };
  const fixture = await startWorkflows(approval, handlers(decision));
  const { runId } = await fixture.client.startWorkflow(approval, { amount: 1 });
  await fixture.client.signalWorkflow(approval, runId, 'decision', { approved: true });
  await fixture.advanceTo(DAY_MS);
  return { ...fixture, runId };
}
