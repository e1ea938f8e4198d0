import { App, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as sns from 'aws-cdk-lib/aws-sns';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { expect, test } from 'vitest';
import * as z from 'zod';
import { equals, jsonata } from '../../../contract/workflow/expression.ts';
import { defineStep } from '../../../contract/workflow/step.ts';
import { defineWorkflow } from '../../../contract/workflow/workflow.ts';
import { TaskWorkflow, type TaskWorkflowProps } from '../../../lib/index.ts';
import { parseDefinition } from '../../../local/step-functions/definition/parse-definition.ts';
import { approval, remind } from '../../workflow/fixtures/workflows.ts';
import { synthesizedDefinition } from '../../workflow/start-workflows.ts';
import { allowed, newFunction, newQueue, newTask, statementsOf } from '../stack.ts';

const ENTRY = 'test/lib/fixtures/consumer.ts';

function newStack(): Stack {
  return new Stack(new App({ context: { 'aws:cdk:bundling-stacks': [] } }), 'Stack');
}

function synthesize(props: Partial<TaskWorkflowProps> = {}): Template {
  const stack = newStack();
  new TaskWorkflow(stack, 'Remind', { workflow: remind, entry: ENTRY, ...props });
  return Template.fromStack(stack);
}

const look = defineStep({
  name: 'look',
  input: z.object({}),
  output: z.object({ done: z.boolean() }),
});

const NUMBERS = () => jsonata<readonly number[]>('[1]');

const base = { name: 'w', input: z.object({ id: z.string() }), timeout: '300d' } as const;

test('the state machine passes the rules of its language, and runs on the local engine', () => {
  for (const workflow of [remind, approval]) {
    expect(() => parseDefinition(synthesizedDefinition(workflow, {}))).not.toThrow();
  }
}, 60_000);

test('whatever it calls, it calls in the partition that it is deployed to', () => {
  for (const workflow of [remind, approval]) {
    expect(JSON.stringify(synthesize({ workflow }))).not.toContain('arn:aws:');
  }
});

test('names of any length and the same steps in inner ways make a state machine that Step Functions takes', () => {
  const long = defineStep({
    ...look,
    name: 'a'.repeat(60),
    input: z.object({ done: z.boolean().optional() }),
  });
  const longTask = newTask({ name: 'b'.repeat(128) });
  const times = { every: '1h', timeout: '1d' } as const;
  const workflow = defineWorkflow({
    ...base,
    flow: flow =>
      flow
        .waitUntil(long, times, () => ({}))
        .waitUntil(long, times, () => ({}))
        .repeat(long, { turns: 2 }, () => ({}))
        .task(longTask, () => ({}), times)
        .task(longTask, () => ({}), times)
        .map(
          () => jsonata<readonly object[]>('[{}]'),
          each =>
            each.parallel({
              one: way => way.step(long, () => ({})).waitUntil(long, times, () => ({})),
              other: way => way.step(long, () => ({})),
            }),
        ),
  });
  const props = (stack: Stack) => ({ queues: [newQueue(stack, 'Long', { tasks: [longTask] })] });
  expect(() => parseDefinition(synthesizedDefinition(workflow, props))).not.toThrow();
}, 60_000);

test.each([
  [{}, 10],
  [{ concurrency: 3 }, 3],
] as const)('a map with %j has a MaxConcurrency of %i', (options, expected) => {
  const workflow = defineWorkflow({
    ...base,
    flow: flow => flow.map(NUMBERS, item => item, options),
  });
  expect(JSON.parse(synthesizedDefinition(workflow, {})).States.Map.MaxConcurrency).toBe(expected);
});

test('it is a Standard one, logged without its data, traced, and ends at the timeout', () => {
  const template = synthesize();
  template.hasResourceProperties('AWS::StepFunctions::StateMachine', {
    StateMachineName: 'Stack-Remind-A694FBA3',
    LoggingConfiguration: { Level: 'ALL', IncludeExecutionData: false },
    TracingConfiguration: { Enabled: true },
  });
  expect(JSON.parse(synthesizedDefinition(remind, {})).TimeoutSeconds).toBe(172_800);
});

test('the function lives as long as its longest step', () => {
  synthesize().hasResourceProperties('AWS::Lambda::Function', { Timeout: 33, MemorySize: 256 });
});

test('the machine may call the function and say that a run waits, and nothing else', () => {
  expect(
    allowed(statementsOf(synthesize(), 'RemindMachineRole')).filter(line => !line.startsWith('xray')),
  ).toEqual(['dynamodb:UpdateItem on RemindRunsTable', 'lambda:InvokeFunction on RemindSteps']);
});

test('the function may change its runs and report to its machine', () => {
  expect(
    allowed(statementsOf(synthesize(), 'RemindStepsRole')).filter(line => !line.startsWith('xray')),
  ).toEqual([
    'dynamodb:UpdateItem on RemindRunsTable',
    'sqs:SendMessage on RemindUnhandledEnds',
    expect.stringMatching(/^states:SendTaskSuccess on arn:.*:stateMachine:Stack-Remind-A694FBA3$/),
  ]);
});

test('whatever ends a run is told to the function; what it cannot handle is kept for 14 days', () => {
  const template = synthesize();
  template.hasResourceProperties('AWS::Events::Rule', {
    EventPattern: {
      source: ['aws.states'],
      'detail-type': ['Step Functions Execution Status Change'],
      detail: { status: ['SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED'] },
    },
    Targets: [{ DeadLetterConfig: { Arn: Match.anyValue() } }],
  });
  template.hasResourceProperties('AWS::Lambda::EventInvokeConfig', {
    MaximumRetryAttempts: 2,
    DestinationConfig: { OnFailure: Match.anyValue() },
  });
  template.hasResourceProperties('AWS::SQS::Queue', { MessageRetentionPeriod: 1_209_600 });
});

test.each([
  [
    'grantStart',
    ['dynamodb:PutItem dynamodb:DeleteItem on RemindRunsTable', 'states:StartExecution on the machine'],
  ],
  [
    'grantRead',
    [
      'dynamodb:GetItem dynamodb:BatchGetItem dynamodb:UpdateItem on RemindRunsTable',
      'dynamodb:Query on RemindRunsTable/index/byTask',
      'states:DescribeExecution on its executions',
    ],
  ],
  ['grantSignal', ['dynamodb:UpdateItem on RemindRunsTable', 'states:SendTaskSuccess on the machine']],
] as const)('%s gives what it says, and the environment', (grant, expected) => {
  const stack = newStack();
  const workflow = new TaskWorkflow(stack, 'Remind', { workflow: remind, entry: ENTRY });
  const api = newFunction(stack);
  workflow[grant](api);
  const template = Template.fromStack(stack);
  const lines = allowed(statementsOf(template, 'ApiServiceRole')).map(line =>
    line
      .replace(/on arn:.*:stateMachine:\S+$/, 'on the machine')
      .replace(/on arn:.*:execution:\S+:\*$/, 'on its executions'),
  );
  expect(lines).toEqual(expected);
  const [fn] = Object.entries(template.findResources('AWS::Lambda::Function')).filter(([id]) =>
    id.startsWith('Api'),
  );
  expect(JSON.stringify(fn?.[1].Properties.Environment)).toContain('stateMachine:Stack-Remind-A694FBA3');
});

test('grantManage adds canceling and redriving', () => {
  const stack = newStack();
  const api = newFunction(stack);
  new TaskWorkflow(stack, 'Remind', { workflow: remind, entry: ENTRY }).grantManage(api);
  const lines = allowed(statementsOf(Template.fromStack(stack), 'ApiServiceRole'));
  expect(lines.some(line => line.startsWith('states:StopExecution states:RedriveExecution on arn:'))).toBe(
    true,
  );
});

/** At the first value above 0. */
const AT_ONCE = {
  Threshold: 0,
  ComparisonOperator: 'GreaterThanThreshold',
  EvaluationPeriods: 1,
  Statistic: 'Sum',
  TreatMissingData: 'notBreaching',
};

test('alarms go off when runs fail, time out, are throttled, or their ends are lost', () => {
  const stack = newStack();
  const workflow = new TaskWorkflow(stack, 'Remind', { workflow: remind, entry: ENTRY });
  workflow.alarms.notify(new sns.Topic(stack, 'Ops'));
  const template = Template.fromStack(stack);
  const alarms = Object.values(template.findResources('AWS::CloudWatch::Alarm'));
  const idOf = (type: string) => Object.keys(template.findResources(type))[0];
  const machine = [{ Name: 'StateMachineArn', Value: { Ref: idOf('AWS::StepFunctions::StateMachine') } }];
  const ends = [{ Name: 'QueueName', Value: { 'Fn::GetAtt': [idOf('AWS::SQS::Queue'), 'QueueName'] } }];
  expect(alarms.map(({ Properties }) => Properties)).toMatchObject([
    { Namespace: 'AWS/States', MetricName: 'ExecutionsFailed', Dimensions: machine, ...AT_ONCE, Period: 300 },
    {
      Namespace: 'AWS/States',
      MetricName: 'ExecutionsTimedOut',
      Dimensions: machine,
      ...AT_ONCE,
      Period: 300,
    },
    {
      Namespace: 'AWS/States',
      MetricName: 'ExecutionThrottled',
      Dimensions: machine,
      ...AT_ONCE,
      Period: 300,
      EvaluationPeriods: 3,
    },
    {
      Namespace: 'AWS/SQS',
      MetricName: 'ApproximateNumberOfMessagesVisible',
      Dimensions: ends,
      ...AT_ONCE,
      Period: 60,
      Statistic: 'Maximum',
    },
  ]);
  expect(alarms.every(({ Properties }) => Properties.AlarmActions.length === 1)).toBe(true);
});

test('alarms that notify nobody are a warning', () => {
  const stack = newStack();
  new TaskWorkflow(stack, 'Remind', { workflow: remind, entry: ENTRY });
  Annotations.fromStack(stack).hasWarning(
    '/Stack/Remind/Alarms',
    Match.stringLikeRegexp('must notify somebody'),
  );
});

test('states of your own stand where the flow goes through them', () => {
  const workflow = defineWorkflow({
    ...base,
    flow: flow => flow.states<{ n: number }>('Count').set(({ value }) => value.n),
  });
  const stack = newStack();
  const states = { Count: sfn.Pass.jsonata(stack, 'CountPass', { outputs: { n: 7 } }) };
  new TaskWorkflow(stack, 'W', { workflow, entry: ENTRY, states });
  Template.fromStack(stack).hasResourceProperties('AWS::StepFunctions::StateMachine', {
    DefinitionString: Match.stringLikeRegexp(
      '"CountPass":\\{"Type":"Pass","Output":\\{"n":7\\},"Next":"Set"',
    ),
  });
});

test.each([
  [
    'looks that a history has no room for',
    defineWorkflow({
      ...base,
      flow: flow => flow.set(() => ({})).waitUntil(look, { every: '30s', timeout: '2d' }),
    }),
    {},
    "an execution must have at most 25000 events, got up to 103712 for step 'look' (5761 looks, every 30 s for 172800 s)",
  ],
  [
    'a signal that is awaited twice',
    defineWorkflow({
      ...base,
      flow: flow =>
        flow
          .waitForSignal('go', z.object({}), { timeout: '1d' })
          .waitForSignal('go', z.object({}), { timeout: '1d' }),
    }),
    {},
    "each signal must be awaited once in a flow, got 'go' twice",
  ],
  [
    'a signal with a colon in its name',
    defineWorkflow({ ...base, flow: flow => flow.waitForSignal('a:b', z.object({}), { timeout: '1d' }) }),
    {},
    "a signal's name must be 1 to 60 of a-z A-Z 0-9 . _ - and begin with a letter, got 'a:b'",
  ],
  [
    'a task whose queue is not given',
    defineWorkflow({
      ...base,
      flow: flow => flow.task(newTask(), () => ({}), { every: '10s', timeout: '1h' }),
    }),
    {},
    "queues must have the task queue of 'send-welcome-email', which the flow sends, got tasks none",
  ],
  [
    'states that the flow does not name',
    remind,
    { states: { Extra: new sfn.Pass(newStack(), 'Extra') } },
    "states has 'Extra', which the flow does not go through",
  ],
  [
    'states that are not given',
    defineWorkflow({ ...base, flow: flow => flow.states('Count') }),
    {},
    "states must have 'Count', which the workflow's flow goes through, got none",
  ],
] as const)('fails for %s', (_what, workflow, props, message) => {
  expect(() => synthesize({ workflow, ...props })).toThrow(message);
});

test.each([
  [
    'an empty flow',
    () => defineWorkflow({ ...base, flow: flow => flow }),
    "workflow 'w': the flow must do something",
  ],
  [
    'a step that is never reached',
    () => defineWorkflow({ ...base, flow: flow => flow.fail('No').set(() => 1) }),
    "what comes after fail('No') is never reached: a set",
  ],
  [
    'one in a parallel way',
    () =>
      defineWorkflow({
        ...base,
        flow: flow => flow.parallel({ a: way => way.fail('No').set(() => 1) }),
      }),
    "what comes after fail('No') is never reached: a set",
  ],
  [
    'one for an item of a map',
    () =>
      defineWorkflow({
        ...base,
        flow: flow => flow.map(NUMBERS, item => item.fail('No').set(() => 1)),
      }),
    "what comes after fail('No') is never reached: a set",
  ],
  [
    'one after two ways that fail',
    () =>
      defineWorkflow({
        ...base,
        flow: flow =>
          flow
            .choose(
              ({ input }) => equals(input.id, input.id),
              way => way.fail('No'),
              way => way.fail('Neither'),
            )
            .set(() => 1),
      }),
    'what comes after a choose that always fails is never reached: a set',
  ],
  ...[-1, 1.5, Number.NaN, Infinity].map((toleratedFailures): [string, () => unknown, string] => [
    `${toleratedFailures} failures of a map`,
    () =>
      defineWorkflow({
        ...base,
        flow: flow => flow.map(NUMBERS, item => item, { toleratedFailures }),
      }),
    `map: toleratedFailures must be a whole number from 0, got ${toleratedFailures}`,
  ]),
  ...[0.5, 0, Number.NaN, Infinity].map((factor): [string, () => unknown, string] => [
    `a factor of ${factor}`,
    () => defineStep({ ...look, retry: { backoff: { type: 'exponential', base: '1s', max: '1m', factor } } }),
    `retry.backoff.factor must be 1 or more and finite, got ${factor}`,
  ]),
  ...(
    [
      ['delay', { type: 'fixed', delay: '400d' }],
      ['base', { type: 'exponential', base: '400d', max: '401d' }],
      ['max', { type: 'exponential', base: '1s', max: '400d' }],
    ] as const
  ).map(([option, backoff]): [string, () => unknown, string] => [
    `a ${option} of more than a year`,
    () => defineStep({ ...look, retry: { backoff } }),
    `step 'look': retry.backoff.${option} must be at most 365d, got 400d; lower it, or have the flow wait`,
  ]),
  [
    'a longest delay below the shortest',
    () => defineStep({ ...look, retry: { backoff: { type: 'exponential', base: '2m', max: '1m' } } }),
    'retry.backoff.max must be at least the base (2m), got 1m',
  ],
  [
    'no errors to try again after',
    () => defineStep({ ...look, retry: { errors: [] } }),
    'retry.errors must name an error, got none',
  ],
  [
    'two steps of one name',
    () =>
      defineWorkflow({
        ...base,
        flow: flow =>
          flow
            .set(() => ({}))
            .step(look)
            .step({ ...look }, () => ({})),
      }),
    "two different steps are named 'look'",
  ],
  [
    'two steps whose answers one variable would keep',
    () =>
      defineWorkflow({
        ...base,
        flow: flow =>
          flow
            .step(defineStep({ ...look, name: 'a-b' }), () => ({}))
            .step(defineStep({ ...look, name: 'a_b' }), () => ({})),
      }),
    "the answers of steps 'a-b' and 'a_b' would be kept in one variable",
  ],
  [
    'a timeout over a year',
    () => defineWorkflow({ ...base, timeout: '366d', flow: flow => flow.set(() => 1) }),
    'must be from 1s to 365d',
  ],
  [
    'a wait of nothing',
    () => defineWorkflow({ ...base, flow: flow => flow.wait('0s') }),
    'wait must be from 1s to 365d',
  ],
  [
    'a retention that is too short',
    () => defineWorkflow({ ...base, retention: '30d', flow: flow => flow.set(() => 1) }),
    'retention must be at least 90d',
  ],
  [
    'a name with a space',
    () => defineWorkflow({ ...base, name: 'a b', flow: flow => flow.set(() => 1) }),
    "got 'a b'",
  ],
  [
    'a step timeout over 897 s',
    () => defineStep({ ...look, timeout: '15m' }),
    'timeout must be from 1s to 897s',
  ],
  [
    'no attempts',
    () => defineStep({ ...look, retry: { attempts: 0 } }),
    'retry.attempts must be a whole number from 1 to 100, got 0',
  ],
])('a definition fails for %s', (_what, define, message) => {
  expect(define).toThrow(message);
});

test('a queue that is given is granted, and its task sent', () => {
  const workflow = defineWorkflow({
    ...base,
    flow: flow =>
      flow.choose(
        ({ value }) => equals(value.id, 'x'),
        send => send.task(newTask(), () => ({}), { every: '10s', timeout: '1h' }),
      ),
  });
  const stack = newStack();
  new TaskWorkflow(stack, 'W', { workflow, entry: ENTRY, queues: [newQueue(stack)] });
  const lines = allowed(statementsOf(Template.fromStack(stack), 'WStepsRole'));
  expect(lines).toContain('sqs:SendMessage on EmailQueue');
});
