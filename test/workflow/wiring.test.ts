import { expect, test } from 'vitest';
import * as z from 'zod';
import { equals } from '../../contract/workflow/expression.ts';
import type { Flow, FlowEnd } from '../../contract/workflow/flow.ts';
import { defineWorkflow } from '../../contract/workflow/workflow.ts';
import { startWorkflows } from './start-workflows.ts';

const input = z.object({
  n: z.number(),
  list: z.array(z.array(z.number())),
  seven: z.number(),
  byId: z.record(z.string(), z.string()),
  pair: z.object({ n: z.number(), list: z.array(z.number()) }),
});
type Made = Flow<z.output<typeof input>, z.output<typeof input>>;
const given = { n: 1, list: [[5, 6], [7]], seven: 7, byId: { 0: 'zero' }, pair: { n: 1, list: [7] } };

async function outputOf(build: (flow: Made) => FlowEnd<unknown>) {
  const workflow = defineWorkflow({ name: 'wiring', input, timeout: '1d', flow: build });
  const { client, advanceTo } = await startWorkflows(workflow, []);
  const { runId } = await client.startWorkflow(workflow, given);
  await advanceTo(0);
  return (await client.getWorkflowRun(workflow, runId))?.output;
}

test('wiring takes an item of a list by its index, and a field that is a number by its name', async () => {
  const output = await outputOf(flow =>
    flow.set(({ value }) => ({ list: value.list[1], inner: value.list[0]?.[1], named: value.byId[0] })),
  );
  expect(output).toEqual({ list: [7], inner: 6, named: 'zero' });
});

test.each([
  ['an object', (known: Wired) => equals(known.value.pair, { n: known.value.n, list: [7] }), true],
  ['another object', (known: Wired) => equals(known.value.pair, { n: known.value.seven, list: [7] }), false],
  ['a list', (known: Wired) => equals(known.value.pair.list, [known.value.seven]), true],
  ['a list of lists', (known: Wired) => equals(known.value.list, [[5, 6], known.value.pair.list]), true],
])('equals compares with %s that has what is known in it', async (_what, condition, expected) => {
  const output = await outputOf(flow =>
    flow.choose(
      known => condition(known),
      same => same.set(() => true),
      other => other.set(() => false),
    ),
  );
  expect(output).toBe(expected);
});

type Wired = Parameters<Parameters<Made['set']>[0]>[0];
