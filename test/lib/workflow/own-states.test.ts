import { App, Duration, Stack } from 'aws-cdk-lib';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import * as tasks from 'aws-cdk-lib/aws-stepfunctions-tasks';
import { expect, test } from 'vitest';
import * as z from 'zod';
import { defineWorkflow } from '../../../contract/workflow/workflow.ts';
import { TaskWorkflow } from '../../../lib/index.ts';

function newStack(): Stack {
  return new Stack(new App({ context: { 'aws:cdk:bundling-stacks': [] } }), 'Stack');
}

const counting = defineWorkflow({
  name: 'counting',
  input: z.object({ id: z.string() }),
  timeout: '1h',
  flow: flow => flow.states('Count').set(() => ({})),
});

function synthesize(count: (stack: Stack) => sfn.IChainable): void {
  const stack = newStack();
  new TaskWorkflow(stack, 'Counting', {
    workflow: counting,
    entry: 'test/lib/fixtures/consumer.ts',
    states: { Count: count(stack) },
  });
}

/** Goes around through this, until the input says that it is enough. */
function loop(stack: Stack, through: (stack: Stack) => sfn.State & sfn.INextable): sfn.IChainable {
  const enough = sfn.Choice.jsonata(stack, 'Enough');
  const middle = through(stack);
  middle.next(enough);
  enough.when(sfn.Condition.jsonata('{% $states.input.enough %}'), sfn.Pass.jsonata(stack, 'Done'));
  enough.otherwise(middle);
  return sfn.Chain.custom(middle, [], middle);
}

const inBranch = (stack: Stack, inner: sfn.IChainable) =>
  sfn.Parallel.jsonata(stack, 'Side by side').branch(inner);

test.each<[string, (stack: Stack) => sfn.IChainable, string]>([
  [
    'a state of JSONPath',
    stack => new sfn.Pass(stack, 'Put', { resultPath: '$.count' }),
    "Stack/Counting: states.Count: state 'Put' must be of JSONata, as the state machine is, got ResultPath",
  ],
  [
    'one within a branch',
    stack => inBranch(stack, new sfn.Pass(stack, 'Put', { parameters: { count: 1 } })),
    "state 'Put' must be of JSONata, as the state machine is, got Parameters",
  ],
  [
    'one for each item',
    stack =>
      sfn.Map.jsonata(stack, 'Each', { items: sfn.ProvideItems.jsonata('{% [1] %}') }).itemProcessor(
        new sfn.Pass(stack, 'Put', { outputPath: '$.count' }),
      ),
    "state 'Put' must be of JSONata, as the state machine is, got OutputPath",
  ],
  [
    'a cycle that waits for nothing',
    stack => loop(stack, () => sfn.Pass.jsonata(stack, 'Look')),
    'states.Count: the cycle Look → Enough → Look waits for nothing, and could use up the 25000 events of a history',
  ],
  [
    'a cycle within a branch',
    stack =>
      inBranch(
        stack,
        loop(stack, () => sfn.Pass.jsonata(stack, 'Look')),
      ),
    'the cycle Look → Enough → Look waits for nothing',
  ],
  [
    'a cycle by way of an error',
    stack => {
      const ask = sfn.Parallel.jsonata(stack, 'Ask').branch(sfn.Pass.jsonata(stack, 'Asked'));
      return ask.addCatch(sfn.Pass.jsonata(stack, 'Again').next(ask));
    },
    'the cycle Ask → Again → Ask waits for nothing',
  ],
])("states of one's own: fails for %s", (_what, count, message) => {
  expect(() => synthesize(count)).toThrow(message);
});

test.each<[string, (stack: Stack) => sfn.IChainable]>([
  [
    'a wait',
    stack =>
      loop(stack, () =>
        sfn.Wait.jsonata(stack, 'Later', { time: sfn.WaitTime.duration(Duration.minutes(1)) }),
      ),
  ],
  [
    'a task that waits for its token',
    stack =>
      loop(stack, () =>
        tasks.SqsSendMessage.jsonata(stack, 'Ask', {
          queue: new Queue(stack, 'Questions'),
          messageBody: sfn.TaskInput.fromObject({ token: '{% $states.context.Task.Token %}' }),
          integrationPattern: sfn.IntegrationPattern.WAIT_FOR_TASK_TOKEN,
        }),
      ),
  ],
])('a cycle with %s in it is welcome', (_what, count) => {
  expect(() => synthesize(count)).not.toThrow();
});

test('states are gone through once', () => {
  const twice = defineWorkflow({
    name: 'twice',
    input: z.object({ id: z.string() }),
    timeout: '1h',
    flow: flow => flow.states('Count').states('Count'),
  });
  const stack = newStack();
  const states = { Count: sfn.Pass.jsonata(stack, 'Count') };
  expect(
    () =>
      new TaskWorkflow(stack, 'Twice', { workflow: twice, entry: 'test/lib/fixtures/consumer.ts', states }),
  ).toThrow("Stack/Twice: a state machine has each state once, got states('Count') twice in the flow");
});
