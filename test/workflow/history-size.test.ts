import { expect, test } from 'vitest';
import * as z from 'zod';
import { equals, jsonata } from '../../contract/workflow/expression.ts';
import type { Flow, FlowEnd } from '../../contract/workflow/flow.ts';
import { defineStep } from '../../contract/workflow/step.ts';
import { defineWorkflow } from '../../contract/workflow/workflow.ts';
import { handleStep } from '../../lambda/workflow/handle-step.ts';
import { historyEvents } from '../../lib/workflow/history-size.ts';
import { startWorkflows } from './start-workflows.ts';

const answer = z.object({ done: z.boolean() });
const look = defineStep({
  name: 'look',
  input: z.object({}),
  output: answer,
  retry: { attempts: 4, backoff: { type: 'fixed', delay: '1s' } },
});
const once = defineStep({ ...look, name: 'once', input: answer, retry: { attempts: 1 } });

type Empty = Flow<Record<string, never>, Record<string, never>>;
const begin = () => ({ done: false });
const polled = { every: '30s', timeout: '90s' } as const;

/** Handlers are never done, and fail in all attempts but the last. */
test.each<[string, (flow: Empty) => FlowEnd<unknown>]>([
  [
    'waits',
    flow =>
      flow
        .wait('1s')
        .wait('1s')
        .wait('1s')
        .set(() => 1),
  ],
  ['a step whose attempts fail', flow => flow.step(look).step(look, () => ({}))],
  ['looks that are given up', flow => flow.waitUntil(look, polled)],
  ['looks of one attempt', flow => flow.waitUntil(once, polled, begin)],
  ['turns that are given up', flow => flow.repeat(once, { turns: 4 }, begin)],
  ['a signal that does not come', flow => flow.waitForSignal('a', z.object({}), { timeout: '10s' })],
  [
    'what is done without a signal',
    flow => flow.waitForSignal('a', z.object({}), { timeout: '10s', onTimeout: late => late.wait('1s') }),
  ],
  [
    'ways side by side',
    flow => flow.parallel({ a: way => way.wait('1s'), b: way => way.step(look), c: way => way }),
  ],
  [
    'an item of a map',
    flow =>
      flow.map(
        () => jsonata<readonly object[]>('[{}]'),
        item => item.step(look, () => ({})),
        { toleratedFailures: 1 },
      ),
  ],
  [
    'a choice',
    flow =>
      flow.choose(
        ({ input }) => equals(input, input),
        way => way.wait('1s'),
      ),
  ],
])('no more events are in the history of %s than are counted at synth', async (_what, build) => {
  const workflow = defineWorkflow({ name: 'counted', input: z.object({}), timeout: '1d', flow: build });
  const { client, advanceTo, service } = await startWorkflows(
    workflow,
    [
      handleStep(look, (_, { attempt }) => {
        if (attempt < look.policy.attempts) throw new Error('not yet');
        return { done: false };
      }),
      handleStep(once, () => ({ done: false })),
    ].filter(({ step }) => JSON.stringify(workflow.nodes).includes(`"name":"${step.name}"`)),
  );
  await client.startWorkflow(workflow, {});
  await advanceTo(3_600_000);
  const [execution] = service.executions();
  expect(execution?.record.status).not.toBe('RUNNING');
  const events = execution?.history.events.length ?? 0;
  expect(historyEvents(workflow.nodes)).toBeGreaterThanOrEqual(events);
  // And not so many that what fits is refused.
  expect(historyEvents(workflow.nodes)).toBeLessThanOrEqual(events + 10);
});
