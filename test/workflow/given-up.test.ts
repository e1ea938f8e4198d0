import { expect, test } from 'vitest';
import * as z from 'zod';
import { defineStep } from '../../contract/workflow/step.ts';
import { defineWorkflow, type WorkflowDefinition } from '../../contract/workflow/workflow.ts';
import { handleStep, type StepHandler } from '../../lambda/workflow/handle-step.ts';
import { startWorkflows } from './start-workflows.ts';

const HOUR_MS = 3_600_000;

const counted = z.object({ done: z.boolean(), count: z.number() });
const count = defineStep({ name: 'count', input: counted, output: counted });

/** Done with its sixth call. */
const counting = () => {
  let calls = 0;
  return handleStep(count, ({ count }) => ({ done: ++calls >= 6, count: count + 1 }));
};

const common = { name: 'patient', input: z.object({}), timeout: '1d' } as const;
const begin = () => ({ done: false, count: 0 });

const asked = defineWorkflow({
  ...common,
  flow: flow => flow.waitUntil(count, { every: '30m', timeout: '1h' }, begin),
});
const repeated = defineWorkflow({
  ...common,
  flow: flow => flow.repeat(count, { turns: 3 }, begin),
});
const signaled = defineWorkflow({
  ...common,
  flow: flow => flow.waitForSignal('note', z.object({ text: z.string() }), { timeout: '1h' }),
});

async function started(workflow: WorkflowDefinition, handlers: readonly StepHandler[] = []) {
  const fixture = await startWorkflows(workflow, handlers);
  const { client, advanceTo } = fixture;
  const { runId } = await client.startWorkflow(workflow, {});
  const run = async () => await client.getWorkflowRun(workflow, runId);
  const redriveAfterADay = async () => {
    await advanceTo(24 * HOUR_MS);
    await client.redriveWorkflowRun(workflow, runId);
    await advanceTo(0);
  };
  await advanceTo(HOUR_MS);
  return { ...fixture, runId, run, redriveAfterADay };
}

const RAN_OUT = { status: 'failed', error: { name: 'WaitTimeout' } };

test('a wait for a step that was given up has its whole time again when it is redriven', async () => {
  const { run, redriveAfterADay, advanceTo } = await started(asked, [counting()]);
  expect(await run()).toMatchObject({
    ...RAN_OUT,
    error: { message: "step 'count' was not done within 3600 s" },
  });
  await redriveAfterADay();
  expect(await run()).toMatchObject({ status: 'running', steps: { length: 4 } });
  await advanceTo(HOUR_MS);
  expect(await run()).toMatchObject({ status: 'succeeded', steps: { length: 6 }, output: { count: 1 } });
});

test('and is given up again after it, however often', async () => {
  const never = handleStep(count, () => ({ done: false, count: 0 }));
  const { run, redriveAfterADay, advanceTo } = await started(asked, [never]);
  for (const looks of [6, 9]) {
    await redriveAfterADay();
    await advanceTo(HOUR_MS);
    expect(await run()).toMatchObject({ ...RAN_OUT, steps: { length: looks } });
  }
});

test('a step that was repeated too often has its turns again, from where it was', async () => {
  const { run, redriveAfterADay } = await started(repeated, [counting()]);
  expect(await run()).toMatchObject({
    status: 'failed',
    error: { name: 'TooManyTurns', message: "step 'count' was not done after 3 turns" },
  });
  await redriveAfterADay();
  expect(await run()).toMatchObject({ status: 'succeeded', output: { count: 6 } });
});

test('a signal that did not come in time is waited for again', async () => {
  const { client, runId, run, redriveAfterADay, advanceTo } = await started(signaled);
  expect(await run()).toMatchObject({
    ...RAN_OUT,
    error: { message: "the signal 'note' did not come in time" },
  });
  await redriveAfterADay();
  expect(await run()).toMatchObject({ status: 'waiting', waitingFor: 'note' });
  await client.signalWorkflow(signaled, runId, 'note', { text: 'late' });
  await advanceTo(0);
  expect(await run()).toMatchObject({ status: 'succeeded', output: { text: 'late' } });
});

test('and given up again when it does not come then either', async () => {
  const { run, redriveAfterADay, advanceTo } = await started(signaled);
  await redriveAfterADay();
  await advanceTo(HOUR_MS);
  expect(await run()).toMatchObject(RAN_OUT);
});
