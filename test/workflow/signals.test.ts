import { type SendTaskSuccessCommand, TaskTimedOut } from '@aws-sdk/client-sfn';
import { expect, test } from 'vitest';
import * as z from 'zod';
import { defineWorkflow } from '../../contract/workflow/workflow.ts';
import { handleStep } from '../../lambda/workflow/handle-step.ts';
import { approval, decide, escalate } from './fixtures/workflows.ts';
import { startWorkflows } from './start-workflows.ts';

const DAY_MS = 86_400_000;

async function startApproval() {
  const escalated: object[] = [];
  const fixture = await startWorkflows(approval, [
    handleStep(decide, ({ approved }) => ({ outcome: approved ? 'paid' : 'refused' })),
    handleStep(escalate, input => {
      escalated.push(input);
      return { approved: false };
    }),
  ]);
  const { runId } = await fixture.client.startWorkflow(approval, { amount: 500 });
  return { ...fixture, runId, escalated };
}

const text = z.object({ text: z.string() });
const noted = defineWorkflow({
  name: 'noted',
  input: z.object({}),
  timeout: '1d',
  flow: flow =>
    flow.waitForSignal('note', text, { timeout: '1h' }).waitForSignal('more', text, { timeout: '1h' }),
});

async function startNoted() {
  const fixture = await startWorkflows(noted, []);
  const { runId } = await fixture.client.startWorkflow(noted, {});
  return { ...fixture, runId };
}

test('a run waits for its signal, and goes on with its payload', async () => {
  const { client, runId, advanceTo, clock } = await startApproval();
  const startedAt = clock.now();
  await advanceTo(2 * DAY_MS);
  expect(await client.getWorkflowRun(approval, runId)).toMatchObject({
    status: 'waiting',
    waitingFor: 'decision',
    waitsUntil: new Date(startedAt + 7 * DAY_MS),
  });
  await client.signalWorkflow(approval, runId, 'decision', { approved: true });
  await advanceTo(0);
  expect(await client.getWorkflowRun(approval, runId)).toMatchObject({
    status: 'succeeded',
    output: { outcome: 'paid' },
  });
});

test('a signal that comes before the wait is kept for it', async () => {
  const { client, runId, advanceTo } = await startApproval();
  await client.signalWorkflow(approval, runId, 'decision', { approved: false });
  await advanceTo(0);
  expect((await client.getWorkflowRun(approval, runId))?.output).toEqual({ outcome: 'refused' });
});

test('without a signal in time it escalates, with what it had before', async () => {
  const { client, runId, advanceTo, escalated } = await startApproval();
  await advanceTo(7 * DAY_MS);
  expect(escalated).toEqual([{ amount: 500 }]);
  expect(await client.getWorkflowRun(approval, runId)).toMatchObject({
    status: 'succeeded',
    output: { outcome: 'refused' },
  });
});

test('the same signal twice is one', async () => {
  const { client, runId, advanceTo } = await startApproval();
  await advanceTo(0);
  await client.signalWorkflow(approval, runId, 'decision', { approved: true });
  await client.signalWorkflow(approval, runId, 'decision', { approved: true });
  await advanceTo(0);
  expect((await client.getWorkflowRun(approval, runId))?.output).toEqual({ outcome: 'paid' });
});

test('a signal whose report died is brought by its repetition', async () => {
  const { client, runId, advanceTo, sfn } = await startApproval();
  await advanceTo(0);
  const { send } = sfn;
  sfn.send = () => Promise.reject(new Error('connection lost'));
  await expect(client.signalWorkflow(approval, runId, 'decision', { approved: true })).rejects.toThrow(
    'lost',
  );
  sfn.send = send;
  await client.signalWorkflow(approval, runId, 'decision', { approved: true });
  await advanceTo(0);
  expect((await client.getWorkflowRun(approval, runId))?.status).toBe('succeeded');
});

test.each([
  ['another payload than before', 'decision', { approved: false }, 'was sent before, with another payload'],
  [
    'a payload that the schema refuses',
    'decision',
    { approved: 'yes' },
    "the signal 'decision' of workflow 'approval' is not valid",
  ],
  [
    'a signal that the workflow does not know',
    'veto',
    {},
    "waits for no signal 'veto'; its signals: 'decision'",
  ],
])('fails for %s', async (_what, name, payload, message) => {
  const { client, runId } = await startApproval();
  await client.signalWorkflow(approval, runId, 'decision', { approved: true });
  await expect(client.signalWorkflow(approval, runId, name, payload)).rejects.toThrow(message);
});

/** The wait is over, and what comes instead has not been done. */
async function lateApproval() {
  const handling = Promise.withResolvers<{ approved: boolean }>();
  const fixture = await startWorkflows(approval, [
    handleStep(decide, ({ approved }) => ({ outcome: approved ? 'paid' : 'refused' })),
    handleStep(escalate, () => handling.promise),
  ]);
  const { runId } = await fixture.client.startWorkflow(approval, { amount: 500 });
  return { ...fixture, runId, handling };
}

test('fails for a run that waits for it no more, and keeps nothing', async () => {
  const { client, runId, advanceTo, handling, clock, settle } = await lateApproval();
  await advanceTo(0);
  clock.advance(7 * DAY_MS);
  await settle();
  const late = () => client.signalWorkflow(approval, runId, 'decision', { approved: true });
  await expect(late()).rejects.toThrow(
    `The signal 'decision' came too late: run ${runId} of workflow 'approval' waits for it no more`,
  );
  await expect(late()).rejects.toThrow('came too late');
  handling.resolve({ approved: false });
  await advanceTo(0);
  expect((await client.getWorkflowRun(approval, runId))?.output).toEqual({ outcome: 'refused' });
});

test('a signal that comes as a redriven run waits anew is brought by that wait', async () => {
  const { client, runId, advanceTo, sfn, invoke } = await startApproval();
  await advanceTo(0);
  const anew = { kind: 'signal', runId, signal: 'decision', token: 'anew', timeoutSeconds: 60 };
  const reported: unknown[] = [];
  sfn.send = async ({ input }: SendTaskSuccessCommand) => {
    reported.push(input);
    if (reported.length > 1) return;
    await invoke(anew);
    throw new TaskTimedOut({ message: 'of the life before', $metadata: {} });
  };
  await client.signalWorkflow(approval, runId, 'decision', { approved: true });
  expect(reported[1]).toEqual({ taskToken: 'anew', output: '{"approved":true}' });
});

test('a payload that is too large is refused, and a smaller one taken after it', async () => {
  const { client, runId, advanceTo } = await startNoted();
  const large = (bytes: number) => ({ text: 'x'.repeat(bytes - '{"text":""}'.length) });
  await expect(client.signalWorkflow(noted, runId, 'note', large(262_145))).rejects.toThrow(
    "must be at most 262144 bytes as JSON, got 262145 for 'note'",
  );
  await client.signalWorkflow(noted, runId, 'note', large(262_144));
  const second = client.signalWorkflow(noted, runId, 'more', large(200_000));
  await expect(second).rejects.toThrow("The signal 'more' does not fit into run");
  await client.signalWorkflow(noted, runId, 'more', large(100_000));
  await advanceTo(0);
  expect(await client.getWorkflowRun(noted, runId)).toMatchObject({
    status: 'succeeded',
    output: large(100_000),
  });
});

test('fails for a run that has ended, and for one that never was', async () => {
  const { client, runId, advanceTo } = await startApproval();
  await advanceTo(8 * DAY_MS);
  const late = client.signalWorkflow(approval, runId, 'decision', { approved: true });
  await expect(late).rejects.toThrow(`came too late: run ${runId} of workflow 'approval' is succeeded`);
  const unknown = client.signalWorkflow(approval, 'nobody', 'decision', { approved: true });
  await expect(unknown).rejects.toThrow("There is no run nobody of workflow 'approval'");
});
