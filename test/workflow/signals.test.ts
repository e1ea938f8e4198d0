import { expect, test } from 'vitest';
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

test('fails for a run that has ended, and for one that never was', async () => {
  const { client, runId, advanceTo } = await startApproval();
  await advanceTo(8 * DAY_MS);
  const late = client.signalWorkflow(approval, runId, 'decision', { approved: true });
  await expect(late).rejects.toThrow(`came too late: run ${runId} of workflow 'approval' is succeeded`);
  const unknown = client.signalWorkflow(approval, 'nobody', 'decision', { approved: true });
  await expect(unknown).rejects.toThrow("There is no run nobody of workflow 'approval'");
});
