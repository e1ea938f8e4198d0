import { expectTypeOf, test } from 'vitest';
import * as z from 'zod';
import { createWorkflowClient } from '../../client/workflow/create-workflow-client.ts';
import { equals, type Ref } from '../../contract/workflow/expression.ts';
import { defineStep } from '../../contract/workflow/step.ts';
import { defineWorkflow, type WorkflowOutput } from '../../contract/workflow/workflow.ts';
import { handleStep } from '../../lambda/workflow/handle-step.ts';

const fetchUser = defineStep({
  name: 'fetch-user',
  input: z.object({ id: z.string() }),
  output: z.object({ email: z.string(), age: z.number() }),
});
const mail = defineStep({
  name: 'mail',
  input: z.object({ email: z.string() }),
  output: z.object({ sent: z.boolean() }),
});
const base = { name: 'w', input: z.object({ id: z.string(), note: z.string() }), timeout: '1d' } as const;

test('a step whose input is what there is needs no wiring, another does', () => {
  defineWorkflow({ ...base, flow: flow => flow.step(fetchUser).step(mail) });
  // @ts-expect-error a mail needs an address
  defineWorkflow({ ...base, flow: flow => flow.step(mail) });
});

test('wiring a value of another type does not compile', () => {
  defineWorkflow({
    ...base,
    flow: flow =>
      flow
        .step(fetchUser)
        // @ts-expect-error an age is no address
        .step(mail, ({ value }) => ({ email: value.age })),
  });
});

test('a list is wired by its items: what else a list has in JavaScript does not compile', () => {
  const list = defineStep({
    name: 'list',
    input: z.object({ id: z.string() }),
    output: z.object({ names: z.array(z.string()), pair: z.tuple([z.string(), z.number()]) }),
  });
  defineWorkflow({
    ...base,
    flow: flow =>
      flow.step(list).choose(
        ({ value }) => {
          expectTypeOf(value.names[0]).toEqualTypeOf<Ref<string> | undefined>();
          expectTypeOf(value.pair[1]).toEqualTypeOf<Ref<number>>();
          expectTypeOf(value.names).toExtend<Ref<readonly string[]>>();
          // @ts-expect-error a list of JSONata has no length
          return equals(value.names.length, 0);
        },
        // @ts-expect-error nor a map
        way => way.set(({ results }) => results.list.names.map(String)),
      ),
  });
});

test("earlier steps' results are known by their names", () => {
  defineWorkflow({
    ...base,
    flow: flow =>
      flow
        .step(fetchUser)
        .set(() => 1)
        .step(mail, ({ results }) => ({ email: results['fetch-user'].email })),
  });
  defineWorkflow({
    ...base,
    // @ts-expect-error there is no such step
    flow: flow => flow.step(fetchUser).step(mail, ({ results }) => ({ email: results.other.email })),
  });
});

test('conditions compare values of one type', () => {
  defineWorkflow({
    ...base,
    flow: flow =>
      flow.step(fetchUser).choose(
        // @ts-expect-error an age is no text
        ({ value }) => equals(value.age, '18'),
        grown => grown,
      ),
  });
});

test('the output is what the flow ends with, on either way', () => {
  const workflow = defineWorkflow({
    ...base,
    flow: flow =>
      flow.step(fetchUser).choose(
        ({ value }) => equals(value.age, 18),
        grown => grown.step(mail),
      ),
  });
  expectTypeOf<WorkflowOutput<typeof workflow>>().toEqualTypeOf<
    { sent: boolean } | { email: string; age: number }
  >();
});

test('a start takes the input, and a handler what its step says', () => {
  const workflow = defineWorkflow({ ...base, flow: flow => flow.step(fetchUser) });
  const client = createWorkflowClient({ workflows: [] });
  void (() => client.startWorkflow(workflow, { id: 'u', note: 'n' }));
  // @ts-expect-error the note is missing
  void (() => client.startWorkflow(workflow, { id: 'u' }));
  handleStep(fetchUser, ({ id }) => ({ email: id, age: 1 }));
  // @ts-expect-error the age is missing
  handleStep(fetchUser, ({ id }) => ({ email: id }));
});
