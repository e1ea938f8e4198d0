import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import {
  and,
  equals,
  exists,
  expressionOf,
  greaterThan,
  jsonata,
  lessThan,
  not,
  or,
} from '../../contract/workflow/expression.ts';
import { defineStep } from '../../contract/workflow/step.ts';
import { defineWorkflow } from '../../contract/workflow/workflow.ts';
import type { SendTaskEvent } from '../../contract/workflow/workflow-event.ts';
import { createWorkflow } from '../../lambda/workflow/create-workflow.ts';
import { handleStep } from '../../lambda/workflow/handle-step.ts';
import { newQueue, newTask } from '../lib/stack.ts';
import { startWorkflows } from './start-workflows.ts';

const double = defineStep({
  name: 'double',
  input: z.object({ n: z.number() }),
  output: z.object({ n: z.number() }),
  retry: { attempts: 1 },
});

const doubling = handleStep(double, ({ n }) => {
  if (n < 0) throw new Error(`${n} is negative`);
  return { n: n * 2 };
});

const input = z.object({ n: z.number(), list: z.array(z.object({ n: z.number() })) });

const looks = { done: false, number: 0 };
const lookFor = defineStep({
  name: 'look',
  input: z.object({ n: z.number() }),
  output: z.object({ done: z.boolean(), number: z.number() }),
});
const looking = handleStep(lookFor, ({ n }) => ({ ...looks, number: n }));

const common = { input, timeout: '1d' } as const;

test('parallel goes all ways, and ends with what each did by its name', async () => {
  const workflow = defineWorkflow({
    ...common,
    name: 'parallel',
    flow: flow =>
      flow.parallel({
        twice: branch => branch.step(double).step(double),
        input: branch => branch.set(({ value }) => value.list),
        nothing: branch => branch,
      }),
  });
  const { client, advanceTo } = await startWorkflows(workflow, [doubling]);
  const { runId } = await client.startWorkflow(workflow, { n: 3, list: [] });
  await advanceTo(0);
  expect((await client.getWorkflowRun(workflow, runId))?.output).toEqual({
    twice: { n: 12 },
    input: [],
    nothing: { n: 3, list: [] },
  });
});

test('a step within a branch answers apart from the same step around it, whatever it is called', async () => {
  const counting = defineStep({ ...double, name: 'count', retry: { attempts: 1 } });
  const workflow = defineWorkflow({
    ...common,
    name: 'scopes',
    flow: flow =>
      flow
        .step(counting)
        .parallel({
          within: branch =>
            branch
              .step(counting, ({ results }) => ({ n: results.count.n }))
              .map(
                () => jsonata<readonly number[]>('[1, 2]'),
                item => item.set(({ results }) => results.count.n),
              ),
          size: branch => branch.set(({ input }) => jsonata<number>(`$count(${expressionOf(input.list)})`)),
        })
        .set(({ value, results }) => ({ within: value.within, size: value.size, around: results.count.n })),
  });
  const { client, advanceTo } = await startWorkflows(workflow, [
    handleStep(counting, ({ n }) => ({ n: n * 2 })),
  ]);
  const { runId } = await client.startWorkflow(workflow, { n: 3, list: [{ n: 1 }] });
  await advanceTo(0);
  expect((await client.getWorkflowRun(workflow, runId))?.output).toEqual({
    within: [{ value: 12 }, { value: 12 }],
    size: 1,
    around: 6,
  });
});

describe('map', () => {
  const mapping = (toleratedFailures?: number) =>
    defineWorkflow({
      ...common,
      name: 'map',
      flow: flow =>
        flow.map(
          ({ value }) => value.list,
          item => item.step(double),
          toleratedFailures === undefined ? {} : { toleratedFailures, concurrency: 2 },
        ),
    });

  async function mapped(list: readonly number[], toleratedFailures?: number) {
    const workflow = mapping(toleratedFailures);
    const { client, advanceTo } = await startWorkflows(workflow, [doubling]);
    const { runId } = await client.startWorkflow(workflow, { n: 0, list: list.map(n => ({ n })) });
    await advanceTo(0);
    return await client.getWorkflowRun(workflow, runId);
  }

  test('ends with what became of each item, in their order', async () => {
    expect((await mapped([1, 2, 3]))?.output).toEqual([
      { value: { n: 2 } },
      { value: { n: 4 } },
      { value: { n: 6 } },
    ]);
  });

  test('of no items ends with none', async () => {
    expect((await mapped([]))?.output).toEqual([]);
  });

  test('fails with its first item, unless failures are tolerated', async () => {
    expect(await mapped([1, -2, 3])).toMatchObject({
      status: 'failed',
      error: { message: '-2 is negative' },
    });
  });

  test('tells of the items that failed, when so many are tolerated', async () => {
    const run = await mapped([1, -2, 3], 1);
    expect(run?.output).toEqual([
      { value: { n: 2 } },
      { failed: { Error: 'Error', Cause: expect.stringContaining('-2 is negative') } },
      { value: { n: 6 } },
    ]);
  });

  test('fails when more do', async () => {
    expect(await mapped([-1, -2, 3], 1)).toMatchObject({
      status: 'failed',
      error: { name: 'TooManyFailures', message: '2 items failed, 1 are tolerated' },
    });
  });
});

test('a task within maps is a run of its own for each item of each', async () => {
  const workflow = defineWorkflow({
    name: 'tasks',
    input: z.object({ lists: z.array(z.array(z.object({}))) }),
    timeout: '1d',
    flow: flow =>
      flow.map(
        ({ value }) => value.lists,
        list =>
          list.map(
            ({ value }) => value,
            item => item.task(newTask(), () => ({}), { every: '10s', timeout: '1h' }),
          ),
      ),
  });
  const sent: string[] = [];
  const { client, advanceTo } = await startWorkflows(workflow, [], {
    props: stack => ({ queues: [newQueue(stack)] }),
    createEntry: options => {
      const entry = createWorkflow(workflow, [], options);
      return async event => {
        const { kind, state, taskRunId } = event as Partial<SendTaskEvent & { taskRunId: string }>;
        if (kind === undefined) return await entry(event);
        if (state === undefined) return { done: true, value: taskRunId };
        sent.push(state);
        return { taskRunId: state };
      };
    },
  });
  const { runId } = await client.startWorkflow(workflow, { lists: [[{}, {}], [{}]] });
  await advanceTo(0);
  const name = 'Send send-welcome-email';
  expect(sent.toSorted()).toEqual([`${name}[0][0]`, `${name}[0][1]`, `${name}[1][0]`]);
  expect((await client.getWorkflowRun(workflow, runId))?.output).toEqual([
    { value: [{ value: `${name}[0][0]` }, { value: `${name}[0][1]` }] },
    { value: [{ value: `${name}[1][0]` }] },
  ]);
});

describe('waitUntil', () => {
  const workflow = defineWorkflow({
    ...common,
    name: 'until',
    flow: flow =>
      flow.waitUntil(lookFor, { every: '30s', timeout: '5m' }).set(({ value }) => ({ found: value.number })),
  });

  test('asks again until it is done, always with the same input', async () => {
    Object.assign(looks, { done: false });
    const { client, advanceTo } = await startWorkflows(workflow, [looking]);
    const { runId } = await client.startWorkflow(workflow, { n: 4, list: [] });
    await advanceTo(59_999);
    Object.assign(looks, { done: true });
    expect((await client.getWorkflowRun(workflow, runId))?.steps).toHaveLength(2);
    await advanceTo(1);
    expect((await client.getWorkflowRun(workflow, runId))?.output).toEqual({ found: 4 });
  });
});

test('a wait whose look failed has its whole time again when it is redriven', async () => {
  const once = defineStep({ ...lookFor, retry: { attempts: 1 } });
  const workflow = defineWorkflow({
    ...common,
    name: 'until',
    flow: flow => flow.waitUntil(once, { every: '30s', timeout: '5m' }),
  });
  const state = { broken: true, done: false };
  const { client, advanceTo } = await startWorkflows(workflow, [
    handleStep(once, ({ n }) => {
      if (state.broken) throw new Error('broken');
      return { done: state.done, number: n };
    }),
  ]);
  const { runId } = await client.startWorkflow(workflow, { n: 4, list: [] });
  await advanceTo(86_400_000);
  state.broken = false;
  await client.redriveWorkflowRun(workflow, runId);
  await advanceTo(60_000);
  state.done = true;
  await advanceTo(60_000);
  expect((await client.getWorkflowRun(workflow, runId))?.output).toEqual({ done: true, number: 4 });
});

describe('repeat', () => {
  const part = z.object({ at: z.number(), end: z.number() });
  const countUp = defineStep({
    name: 'count-up',
    input: part,
    output: part.extend({ done: z.boolean() }),
  });
  const counting = handleStep(countUp, ({ at, end }) => ({ at: at + 1, end, done: at + 1 >= end }));
  const workflow = defineWorkflow({
    ...common,
    name: 'repeat',
    flow: flow =>
      flow
        .repeat(countUp, { turns: 3 }, ({ input }) => ({ at: 0, end: input.n }))
        .set(({ value, results }) => ({ at: value.at, same: results['count-up'].at })),
  });

  async function repeated(n: number) {
    const { client, advanceTo } = await startWorkflows(workflow, [counting]);
    const { runId } = await client.startWorkflow(workflow, { n, list: [] });
    await advanceTo(0);
    return await client.getWorkflowRun(workflow, runId);
  }

  test('runs a step with its own answer at once, until that is done', async () => {
    const run = await repeated(3);
    expect(run).toMatchObject({ status: 'succeeded', output: { at: 3, same: 3 } });
    expect(run?.steps).toHaveLength(3);
  });

  test('runs it once when it is done at once', async () => {
    expect((await repeated(1))?.steps).toHaveLength(1);
  });

  test.each([0, 1.5, 3572, Number.NaN])('refuses %d turns', turns => {
    expect(() =>
      defineWorkflow({
        ...common,
        name: 'repeat',
        flow: flow => flow.repeat(countUp, { turns }, () => ({ at: 0, end: 1 })),
      }),
    ).toThrow(`step 'count-up': turns must be a whole number from 1 to 3571, of 7 events each, got ${turns}`);
  });

  test('takes no step that could not take its own answer', () => {
    // @ts-expect-error The answer of 'double' has no `done`.
    defineWorkflow({ ...common, name: 'w', flow: flow => flow.repeat(double, { turns: 1 }) });
  });
});

test('waitUntilTime waits until a time that the input names', async () => {
  const workflow = defineWorkflow({
    name: 'at',
    input: z.object({ at: z.string() }),
    timeout: '10d',
    flow: flow => flow.waitUntilTime(({ value }) => value.at).set(() => ({ late: false })),
  });
  const { client, advanceTo } = await startWorkflows(workflow, []);
  const { runId } = await client.startWorkflow(workflow, { at: '2030-01-03T00:00:00Z' });
  await advanceTo(2 * 86_400_000 - 1);
  expect(await client.getWorkflowRun(workflow, runId)).toMatchObject({
    status: 'waiting',
    waitsUntil: new Date('2030-01-03T00:00:00Z'),
  });
  await advanceTo(1);
  expect((await client.getWorkflowRun(workflow, runId))?.status).toBe('succeeded');
});

test('fail fails the run', async () => {
  const workflow = defineWorkflow({
    ...common,
    name: 'failing',
    flow: flow =>
      flow.choose(
        ({ value }) => greaterThan(value.n, 10),
        tooMany => tooMany.fail('TooMany', jsonata<string>("'got ' & $string($states.input.n)")),
      ),
  });
  const { client, advanceTo } = await startWorkflows(workflow, []);
  const { runId } = await client.startWorkflow(workflow, { n: 11, list: [] });
  await advanceTo(0);
  expect(await client.getWorkflowRun(workflow, runId)).toMatchObject({
    status: 'failed',
    error: { name: 'TooMany', message: 'got 11' },
  });
});

test.each([
  [4, 'between'],
  [0, 'outside'],
  [7, 'outside'],
  [5, 'five'],
])('conditions combine: %d is %s', async (n, expected) => {
  const workflow = defineWorkflow({
    ...common,
    name: 'conditions',
    flow: flow =>
      flow.choose(
        ({ value }) =>
          or(
            and(greaterThan(value.n, 1), lessThan(value.n, 6), not(equals(value.n, 5))),
            not(exists(value.list)),
          ),
        inside => inside.set(() => 'between'),
        other =>
          other.choose(
            ({ value }) => equals(value.n, 5),
            five => five.set(() => 'five'),
            rest => rest.set(() => 'outside'),
          ),
      ),
  });
  const { client, advanceTo } = await startWorkflows(workflow, []);
  const { runId } = await client.startWorkflow(workflow, { n, list: [] });
  await advanceTo(0);
  expect((await client.getWorkflowRun(workflow, runId))?.output).toBe(expected);
});

test.each([[[1, 'a', null]], [true], [5], [null], ['text']])('a flow goes on with %j', async value => {
  const workflow = defineWorkflow({ ...common, name: 'plain', flow: flow => flow.set(() => value) });
  const { client, advanceTo } = await startWorkflows(workflow, []);
  const { runId } = await client.startWorkflow(workflow, { n: 1, list: [] });
  await advanceTo(0);
  expect((await client.getWorkflowRun(workflow, runId))?.output).toEqual(value);
});

test('a flow fails without a cause, too', async () => {
  const workflow = defineWorkflow({ ...common, name: 'failing', flow: flow => flow.fail('No') });
  const { client, advanceTo } = await startWorkflows(workflow, []);
  const { runId } = await client.startWorkflow(workflow, { n: 1, list: [] });
  await advanceTo(0);
  expect(await client.getWorkflowRun(workflow, runId)).toMatchObject({
    status: 'failed',
    error: { name: 'No' },
  });
});
