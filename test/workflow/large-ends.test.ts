import { expect, test, vi } from 'vitest';
import * as z from 'zod';
import { defineStep } from '../../contract/workflow/step.ts';
import { defineWorkflow } from '../../contract/workflow/workflow.ts';
import { handleStep } from '../../lambda/workflow/handle-step.ts';
import { startWorkflows } from './start-workflows.ts';

const note = z.object({ note: z.string() });
const check = defineStep({
  name: 'check',
  input: note,
  output: note,
  retry: { attempts: 30, backoff: { type: 'fixed', delay: '1s' } },
});

/** Two signals, of which the last is the output; a check of it may fail. */
const noted = defineWorkflow({
  name: 'noted',
  input: z.object({}),
  timeout: '1d',
  flow: flow =>
    flow
      .waitForSignal('first', note, { timeout: '1h' })
      .waitForSignal('last', note, { timeout: '1h' })
      .step(check),
});

const large = (bytes: number) => ({ note: 'x'.repeat(bytes) });

const failure = () =>
  ['c', 'b', 'a'].reduce((cause, letter) => new Error(letter.repeat(2048), { cause }), new Error());

async function signaled(first: object, last: object, checked: (value: { note: string }) => { note: string }) {
  const onEnded = vi.fn();
  const fixture = await startWorkflows(noted, [handleStep(check, checked)], { onEnded });
  const { client, advanceTo } = fixture;
  const { runId } = await client.startWorkflow(noted, {});
  await client.signalWorkflow(noted, runId, 'first', first);
  await client.signalWorkflow(noted, runId, 'last', last);
  await advanceTo(60_000);
  return { ...fixture, runId, onEnded };
}

test('signals make room for the output', async () => {
  const { client, runId, onEnded, sfn } = await signaled(large(190_000), large(190_000), value => value);
  sfn.send = () => Promise.reject(new Error('the item has it'));
  const run = await client.getWorkflowRun(noted, runId);
  expect(run).toMatchObject({ status: 'succeeded', output: large(190_000) });
  expect(onEnded).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ output: large(190_000) }));
});

test('signals whose names differ in a sign alone are two', async () => {
  const alike = defineWorkflow({
    name: 'alike',
    input: z.object({}),
    timeout: '1d',
    flow: flow =>
      flow.waitForSignal('a-b', note, { timeout: '1h' }).waitForSignal('a_b', note, { timeout: '1h' }),
  });
  const { client, advanceTo } = await startWorkflows(alike, []);
  const { runId } = await client.startWorkflow(alike, {});
  await client.signalWorkflow(alike, runId, 'a-b', { note: 'first' });
  await client.signalWorkflow(alike, runId, 'a_b', { note: 'second' });
  await advanceTo(0);
  expect(await client.getWorkflowRun(alike, runId)).toMatchObject({
    status: 'succeeded',
    output: { note: 'second' },
  });
});

test('an output that is too large to be told is read from the execution', async () => {
  const { client, runId, onEnded } = await signaled(large(1), large(255_000), value => value);
  expect(onEnded).toHaveBeenCalledOnce();
  const run = await client.getWorkflowRun(noted, runId);
  expect(run).toMatchObject({ status: 'succeeded', output: large(255_000) });
});

test('an output that does not fit beside the records of steps is read from the execution', async () => {
  let attempts = 0;
  const { client, runId, onEnded } = await signaled(large(1), large(1), () => {
    if (++attempts < 30) throw failure();
    return large(240_000);
  });
  expect(onEnded).toHaveBeenCalledExactlyOnceWith(expect.not.objectContaining({ output: expect.anything() }));
  const run = await client.getWorkflowRun(noted, runId);
  expect(run).toMatchObject({ status: 'succeeded', output: large(240_000) });
  expect(run?.steps).toHaveLength(30);
});

test('a failure that does not fit is told, and leaves out the records of steps', async () => {
  const { client, runId, onEnded } = await signaled(large(170_000), large(190_000), () => {
    throw new Error('e'.repeat(20_000));
  });
  expect(onEnded).toHaveBeenCalledOnce();
  expect(await client.getWorkflowRun(noted, runId)).toMatchObject({
    status: 'failed',
    steps: [],
    error: { message: 'e'.repeat(2048) },
  });
});
