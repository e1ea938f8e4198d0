import { expect, it } from 'vitest';
import {
  findStackQueues,
  findStackWorkflows,
  type StackResource,
} from '../../bin/commands/stack-contents.ts';
import { ENVIRONMENT_VARIABLE } from '../../contract/environment.ts';
import { WORKFLOWS_VARIABLE } from '../../contract/workflow/workflow-environment.ts';

const config = (name: string) => ({
  url: `https://sqs/1/${name}`,
  deadLetterUrl: 'dead',
  table: 'runs',
  tasks: [name],
});
const consumer = { concurrency: 10, unknownTaskGraceSeconds: 300 };
const fn = (physicalId: string): StackResource => ({ type: 'AWS::Lambda::Function', physicalId });

/** An account of these stacks and functions. */
const account = (
  stacks: Readonly<Record<string, readonly StackResource[]>>,
  functions: Readonly<Record<string, readonly object[]>>,
) => ({
  listResources: async (stack: string) => stacks[stack] ?? [],
  environmentOf: async (name: string): Promise<Record<string, string>> =>
    functions[name] ? { [ENVIRONMENT_VARIABLE]: JSON.stringify(functions[name]) } : {},
});

it('finds the queues that a function of the stack consumes, not those that one sends to', async () => {
  const aws = account(
    {
      Shop: [
        fn('api'),
        { type: 'AWS::SQS::Queue', physicalId: 'https://sqs/1/email' },
        fn('email'),
        fn('other'),
      ],
    },
    { api: [config('email'), config('elsewhere')], email: [{ ...config('email'), consumer }] },
  );

  expect(await findStackQueues('Shop', aws)).toEqual([config('email')]);
});

it('finds those of nested stacks, and any number of them', async () => {
  const names = Array.from({ length: 25 }, (_, index) => `queue-${index}`);
  const aws = account(
    { Shop: [{ type: 'AWS::CloudFormation::Stack', physicalId: 'arn:nested' }], 'arn:nested': names.map(fn) },
    Object.fromEntries(names.map(name => [name, [{ ...config(name), consumer }]])),
  );

  expect(await findStackQueues('Shop', aws)).toEqual(names.map(config));
});

it('fails for a stack without a task queue', async () => {
  const aws = account({ Shop: [fn('api')] }, { api: [config('elsewhere')] });

  await expect(findStackQueues('Shop', aws)).rejects.toThrow(
    "stack Shop has no task queue: none of its 1 function is a TaskQueue's consumer; name the stack that has the TaskQueue",
  );
});

it('finds the workflows whose state machines are in the stack, not those that one starts elsewhere', async () => {
  const workflow = (name: string) => ({ name, machine: `arn:${name}`, table: 'runs' });
  const resources = [
    fn('api'),
    fn('steps'),
    { type: 'AWS::StepFunctions::StateMachine', physicalId: 'arn:remind' },
  ];
  const aws = {
    listResources: async () => resources,
    environmentOf: async (name: string): Promise<Record<string, string>> => ({
      [WORKFLOWS_VARIABLE]: JSON.stringify(
        name === 'api' ? [workflow('elsewhere'), workflow('remind')] : [workflow('remind')],
      ),
    }),
  };

  expect(await findStackWorkflows('Shop', aws)).toEqual([workflow('remind')]);
});
