import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { DescribeExecutionCommand, ListExecutionsCommand, SFNClient } from '@aws-sdk/client-sfn';
import { expect, onTestFinished, test, vi } from 'vitest';
import { FUNCTION, roleWith } from '../permissions/function-fixture.ts';
import { ACCOUNT, arnOf, mayReceive, queue, RULE_ARN, rule, startEvents } from './rules-fixture.ts';

/** The event of https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html, as far as it can be put. */
const INSTANCE = {
  DetailType: 'EC2 Instance State-change Notification',
  Detail: '{"instance-id":"i-0123456789","state":"RUNNING"}',
};
const PATHS = { instance: '$.detail.instance-id', state: '$.detail.state' };
const transformed = (InputTemplate: string, InputPathsMap: object = PATHS) => ({
  InputTransformer: { InputPathsMap, InputTemplate },
});

/** Templates and what comes of them, in the order of the documentation's table. */
test.each<[string, string, unknown]>([
  ['a text', '"instance <instance> is in <state>"', 'instance i-0123456789 is in RUNNING'],
  [
    'a text with escaped quotes',
    '"instance \\"<instance>\\" is in <state>"',
    'instance "i-0123456789" is in RUNNING',
  ],
  ['JSON', '{ "instance": <instance>, "state": <state> }', { instance: 'i-0123456789', state: 'RUNNING' }],
  [
    'JSON with texts and variables',
    '{ "instance": <instance>, "state": "<state>", "instanceStatus": "instance \\"<instance>\\" is in <state>" }',
    {
      instance: 'i-0123456789',
      state: 'RUNNING',
      instanceStatus: 'instance "i-0123456789" is in RUNNING',
    },
  ],
  [
    'JSON with values of its own',
    '{ "state": [9, <state>, true], "Transformed": "Yes" }',
    { state: [9, 'RUNNING', true], Transformed: 'Yes' },
  ],
  [
    'reserved variables',
    '{ "ruleArn": <aws.events.rule-arn>, "ruleName": <aws.events.rule-name>, "at": <aws.events.event.ingestion-time>, "event": <aws.events.event>, "whole": <aws.events.event.json> }',
    {
      ruleArn: RULE_ARN,
      ruleName: 'orders',
      at: '2026-11-25T12:00:30Z',
      event: expect.not.objectContaining({ detail: expect.anything() }),
      whole: expect.objectContaining({ source: 'shop', detail: JSON.parse(INSTANCE.Detail) }),
    },
  ],
  ['a reserved variable in a text', '"<aws.events.rule-name> triggered"', 'orders triggered'],
])('an input transformer makes %s', async (_, template, expected) => {
  const { put, bodies } = await startEvents({ Rule: rule(transformed(template)) });

  await put(INSTANCE);

  expect(await bodies('queue')).toEqual([expected]);
});

test('an input transformer keeps types, takes places of lists, and puts nothing where a path leads nowhere', async () => {
  const paths = {
    all: '$.detail.all',
    second: '$.detail.all[1]',
    none: '$.detail.none',
    nothing: '$.detail.nothing',
  };
  const template = '{"all":<all>,"second":<second>,"none":<none>,"nothing":<nothing>,"in":"<none>!"}';
  const { put, bodies } = await startEvents({ Rule: rule(transformed(template, paths)) });

  await put({ Detail: '{"all":[1,{"a":"\\"quoted\\""},true],"nothing":null}' });

  expect(await bodies('queue')).toEqual([
    { all: [1, { a: '"quoted"' }, true], second: { a: '"quoted"' }, none: '', nothing: null, in: '!' },
  ]);
});

test('a text that breaks the JSON of an input transformer is a dead letter, and is not tried again', async () => {
  const { put, bodies, received } = await startEvents({
    Dead: queue('dead'),
    ...mayReceive(RULE_ARN, 'Queue', 'Dead'),
    Rule: rule({ ...transformed('{"in":"is <state>"}'), DeadLetterConfig: { Arn: arnOf('Dead') } }),
  });

  await put({ Detail: '{"state":"\\"odd\\""}' });

  expect(await bodies('queue')).toEqual([]);
  const [letter] = await received('dead');
  expect(letter?.MessageAttributes).toMatchObject({
    ERROR_CODE: { StringValue: 'INVALID_JSON' },
    RETRY_ATTEMPTS: { StringValue: '0' },
  });
});

test.each<[string, object, unknown]>([
  ['a constant', { Input: '{"a":1}' }, { a: 1 }],
  ['a part of the event', { InputPath: '$.detail.state' }, 'RUNNING'],
])('the input of a target is %s', async (_, target, expected) => {
  const { put, bodies } = await startEvents({ Rule: rule(target) });

  await put(INSTANCE);

  expect(await bodies('queue')).toEqual([expected]);
});

test('a rule that is disabled sends nothing', async () => {
  const { put, bodies } = await startEvents({ Rule: rule({}, { State: 'DISABLED' }) });

  await put();

  expect(await bodies('queue')).toEqual([]);
});

test('every target of every rule that matches gets the event', async () => {
  const both = [
    { Id: 'a', Arn: arnOf('Queue') },
    { Id: 'b', Arn: arnOf('Other') },
  ];
  const { put, bodies } = await startEvents({
    Other: queue('other'),
    ...mayReceive(RULE_ARN, 'Queue', 'Other'),
    Rule: rule({}, { Targets: both }),
    NoMatch: rule({}, { Name: 'refunds', EventPattern: { source: ['billing'] } }),
  });

  await put();

  expect(await bodies('queue')).toHaveLength(1);
  expect(await bodies('other')).toHaveLength(1);
});

test('a FIFO queue gets its message group', async () => {
  const fifo = queue('orders.fifo', { FifoQueue: true, ContentBasedDeduplication: true });
  const { put, bodies } = await startEvents({
    Fifo: fifo,
    ...mayReceive(RULE_ARN, 'Fifo'),
    Rule: rule({ Arn: arnOf('Fifo'), SqsParameters: { MessageGroupId: 'all' } }),
  });

  await put();
  await put();

  expect(await bodies('orders.fifo')).toHaveLength(2);
});

const logging = {
  ...FUNCTION,
  Properties: {
    ...FUNCTION.Properties,
    Code: { ZipFile: 'exports.handler = async event => console.log(JSON.stringify(event.detail));' },
  },
};
const mayInvoke = (SourceArn: string) => ({
  Type: 'AWS::Lambda::Permission',
  Properties: {
    Action: 'lambda:InvokeFunction',
    FunctionName: arnOf('Worker'),
    Principal: 'events.amazonaws.com',
    SourceArn,
  },
});

test('a function is invoked whose own policy lets this rule do so, and another rule not', async () => {
  const lines: string[] = [];
  const toWorker = { Targets: [{ Id: 'a', Arn: arnOf('Worker'), DeadLetterConfig: { Arn: arnOf('Dead') } }] };
  const { events, received } = await startEvents(
    {
      Role: roleWith([]),
      Worker: logging,
      Permission: mayInvoke(RULE_ARN),
      Dead: queue('dead'),
      ...mayReceive(`arn:aws:events:us-east-1:${ACCOUNT}:rule/refunds`, 'Dead'),
      Rule: rule({}, toWorker),
      Other: rule({}, { ...toWorker, Name: 'refunds', EventPattern: { source: ['billing'] } }),
    },
    { onLog: ({ text }) => lines.push(text) },
  );

  const entry = (Source: string, Detail: string) => ({ Source, DetailType: 'a', Detail });
  await events.send(
    new PutEventsCommand({ Entries: [entry('billing', '{"n":1}'), entry('shop', '{"n":2}')] }),
  );

  await vi.waitFor(() => expect(lines).toEqual(['{"n":2}']), 10_000);
  const [letter] = await received('dead');
  expect(letter?.MessageAttributes).toMatchObject({
    ERROR_CODE: { StringValue: 'NO_PERMISSIONS' },
    RULE_ARN: { StringValue: expect.stringMatching(/rule\/refunds$/) },
  });
  expect(JSON.parse(letter?.Body ?? '')).toMatchObject({ source: 'billing', detail: { n: 1 } });
});

/** A rule whose target is a state machine that ends at once, and its role, which may do this. */
const toMachine = (Action: string) => ({
  MachineRole: { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument: { Statement: [] } } },
  Machine: {
    Type: 'AWS::StepFunctions::StateMachine',
    Properties: {
      StateMachineName: 'orders',
      RoleArn: arnOf('MachineRole'),
      DefinitionString: JSON.stringify({
        QueryLanguage: 'JSONata',
        StartAt: 'Done',
        States: { Done: { Type: 'Succeed', Output: '{% $states.input.detail %}' } },
      }),
    },
  },
  Role: {
    Type: 'AWS::IAM::Role',
    Properties: {
      AssumeRolePolicyDocument: {
        Statement: [
          { Effect: 'Allow', Principal: { Service: 'events.amazonaws.com' }, Action: 'sts:AssumeRole' },
        ],
      },
      Policies: [
        {
          PolicyName: 'Start',
          PolicyDocument: { Statement: [{ Effect: 'Allow', Action, Resource: { Ref: 'Machine' } }] },
        },
      ],
    },
  },
  Dead: queue('dead'),
  ...mayReceive(RULE_ARN, 'Dead'),
  Rule: rule({
    Arn: { Ref: 'Machine' },
    RoleArn: arnOf('Role'),
    DeadLetterConfig: { Arn: arnOf('Dead') },
  }),
});

test('a state machine is started, as the role of the target', async () => {
  const { put, engine } = await startEvents(toMachine('states:StartExecution'));

  await put();

  const sfn = new SFNClient(engine.clientConfig);
  const stateMachineArn = `arn:aws:states:us-east-1:${ACCOUNT}:stateMachine:orders`;
  const { executions = [] } = await sfn.send(new ListExecutionsCommand({ stateMachineArn }));
  const executionArn = executions[0]?.executionArn;
  await vi.waitFor(async () =>
    expect(await sfn.send(new DescribeExecutionCommand({ executionArn }))).toMatchObject({
      status: 'SUCCEEDED',
      output: '{"id":7}',
    }),
  );
});

test('a state machine is not started by a role that may not do so', async () => {
  const { put, received } = await startEvents(toMachine('states:DescribeExecution'));

  await put();

  const [letter] = await received('dead');
  expect(letter?.MessageAttributes).toMatchObject({
    ERROR_CODE: { StringValue: 'NO_PERMISSIONS' },
    ERROR_MESSAGE: { StringValue: expect.stringContaining('states:StartExecution') },
  });
});

test('a dead-letter queue that does not let the rule send stays empty', async () => {
  const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
  onTestFinished(() => warn.mockRestore());
  const { put, received } = await startEvents({
    // In place of the one that lets the rule send.
    QueuePolicy: queue('of-no-use'),
    Dead: queue('dead'),
    Rule: rule({ DeadLetterConfig: { Arn: arnOf('Dead') } }),
  });

  await put();

  expect(await received('queue')).toEqual([]);
  expect(await received('dead')).toEqual([]);
  expect(warn).toHaveBeenCalledWith(
    expect.stringMatching(/rule\/orders did not deliver event .*sqs:SendMessage.*:dead/),
  );
});

test.each<[string, object, RegExp]>([
  [
    'another target',
    { Arn: `arn:aws:sns:us-east-1:${ACCOUNT}:topic` },
    /Arn must be of a queue, a function or/,
  ],
  [
    'a state machine without a role',
    { Arn: `arn:aws:states:us-east-1:${ACCOUNT}:stateMachine:a` },
    /RoleArn is missing/,
  ],
  ['two inputs', { Input: '1', InputPath: '$.detail' }, /only one of Input and InputPath/],
  ['an input that is no JSON', { Input: 'hello' }, /Input must be JSON, got hello/],
  ['a path that is none', { InputPath: 'detail' }, /a path must be like \$\.detail\.name, got detail/],
  ['a template that is no JSON', transformed('{"a": <instance>'), /InputTemplate must be JSON/],
  ['a variable that is not defined', transformed('"<other>"'), /InputPathsMap must define other/],
  ['a reserved name', transformed('"a"', { 'aws.events.a': '$.id' }), /AWS\. is reserved/],
  ['too many retries', { RetryPolicy: { MaximumRetryAttempts: 186 } }, /0 to 185, got 186/],
  ['too short an age', { RetryPolicy: { MaximumEventAgeInSeconds: 59 } }, /60 to 86400, got 59/],
  [
    'a FIFO dead-letter queue',
    { DeadLetterConfig: { Arn: `arn:aws:sqs:us-east-1:${ACCOUNT}:dead.fifo` } },
    /must be the ARN of a standard queue/,
  ],
  [
    'a FIFO queue without a group',
    { Arn: `arn:aws:sqs:us-east-1:${ACCOUNT}:orders.fifo` },
    /SqsParameters\.MessageGroupId is missing/,
  ],
  ['what no target has', { EcsParameters: {} }, /EcsParameters is not supported/],
])('a rule with %s stops the start, naming it', async (_, target, message) => {
  const started = startEvents({ Rule: rule(target) });

  await expect(started).rejects.toThrow(message);
  await expect(started).rejects.toThrow(/Shop\/Rule/);
});

test.each<[string, object, RegExp]>([
  ['a bus that is not there', { EventBusName: 'nobody-made-it' }, /Event bus nobody-made-it does not exist/],
  ['a pattern that is none', { EventPattern: { source: 'shop' } }, /Event pattern is not valid/],
  ['a schedule', { ScheduleExpression: 'rate(1 hour)' }, /property ScheduleExpression of AWS::Events::Rule/],
  [
    'six targets',
    { Targets: [...'abcdef'].map(Id => ({ Id, Arn: arnOf('Queue') })) },
    /Targets must have at most 5/,
  ],
  ['two targets of one id', { Targets: ['a', 'a'].map(Id => ({ Id, Arn: arnOf('Queue') })) }, /got a twice/],
])('a rule with %s stops the start', async (_, properties, message) => {
  await expect(startEvents({ Rule: rule({}, properties) })).rejects.toThrow(message);
});

test.each(['default', 'a/b', ''])('a bus cannot be named %j', async Name => {
  const bus = { Type: 'AWS::Events::EventBus', Properties: { Name } };

  await expect(startEvents({ Bus: bus })).rejects.toThrow(/Name must be 1 to 256 of/);
});
