import { App, Duration, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as events from 'aws-cdk-lib/aws-events';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as sns from 'aws-cdk-lib/aws-sns';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import type { EventBridgeEvent, S3ObjectCreatedNotificationEvent } from 'aws-lambda';
import { expect, test } from 'vitest';
import * as z from 'zod';
import { defineTask } from '../../contract/task.ts';
import { equals, type Ref } from '../../contract/workflow/expression.ts';
import { type AnyEvent, TaskEventTrigger, type TaskEventTriggerProps } from '../../lib/index.ts';
import { newQueue, newStack } from './stack.ts';

const scanUpload = defineTask({ name: 'scan-upload', payload: z.looseObject({}) });
const CREATED = { source: ['aws.s3'], detailType: ['Object Created'] };

type Props = Partial<TaskEventTriggerProps<typeof scanUpload, AnyEvent>>;
type QueueProps = Parameters<typeof newQueue>[2];

function newTrigger(stack: Stack, props: Props = {}, queueProps: QueueProps = {}) {
  const queue = props.queue ?? newQueue(stack, 'Jobs', { tasks: [scanUpload], ...queueProps });
  return new TaskEventTrigger(stack, 'Uploaded', {
    task: scanUpload,
    eventPattern: CREATED,
    payload: event => ({ detail: event.detail }),
    ...props,
    queue,
  });
}

function synthesize(props: Props = {}, queueProps: QueueProps = {}): Template {
  const stack = newStack();
  newTrigger(stack, props, queueProps);
  return Template.fromStack(stack);
}

function ruleIn(template: Template) {
  const [rule] = Object.values(template.findResources('AWS::Events::Rule'));
  return rule?.Properties;
}

/** The input transformer of a payload made of an S3 event. */
function transformerOf(map: (event: Ref<S3ObjectCreatedNotificationEvent>) => Record<string, unknown>) {
  const stack = newStack();
  new TaskEventTrigger(stack, 'Uploaded', {
    task: scanUpload,
    queue: newQueue(stack, 'Jobs', { tasks: [scanUpload] }),
    eventPattern: CREATED,
    payload: map,
  });
  return ruleIn(Template.fromStack(stack)).Targets[0].InputTransformer;
}

test('an event puts the message of its task on the queue, with no function in between', () => {
  const template = synthesize();

  expect(ruleIn(template)).toEqual({
    Name: 'Stack-Uploaded-0BF06A1B',
    EventPattern: { source: ['aws.s3'], 'detail-type': ['Object Created'] },
    State: 'ENABLED',
    Targets: [
      {
        Id: 'Target0',
        Arn: { 'Fn::GetAtt': [expect.stringMatching(/^JobsQueue/), 'Arn'] },
        DeadLetterConfig: { Arn: { 'Fn::GetAtt': [expect.stringMatching(/^UploadedUndelivered/), 'Arn'] } },
        RetryPolicy: { MaximumRetryAttempts: 60, MaximumEventAgeInSeconds: 3600 },
        InputTransformer: {
          InputPathsMap: { id: '$.id', detail: '$.detail' },
          InputTemplate: expect.stringMatching(
            /^\{"task":"scan-upload","messageId":"<id>-[0-9a-f]{8}","payload":\{"detail":<detail>\}\}$/,
          ),
        },
      },
    ],
  });
  template.resourceCountIs('AWS::Lambda::Function', 1);
});

test('two triggers that take the same event make runs of their own', () => {
  const stack = newStack();
  const queue = newQueue(stack, 'Jobs', { tasks: [scanUpload] });
  for (const id of ['One', 'Two']) {
    new TaskEventTrigger(stack, id, {
      task: scanUpload,
      queue,
      eventPattern: CREATED,
      payload: event => ({ detail: event.detail }),
    });
  }

  const rules = Object.values(Template.fromStack(stack).findResources('AWS::Events::Rule'));
  const identities = rules.map(
    ({ Properties }) =>
      /"messageId":"([^"]*)"/.exec(Properties.Targets[0].InputTransformer.InputTemplate)?.[1],
  );
  expect(new Set(identities).size).toBe(2);
});

test('a payload is made of fields of the event, by EventBridge’s own notation, and of values that are known now', () => {
  const { InputPathsMap, InputTemplate } = transformerOf(event => ({
    key: event.detail.object.key,
    again: event.detail.object.key,
    version: event.detail.object['version-id'],
    bucket: event.resources[0],
    type: event['detail-type'],
    kept: ['as it is', 7, true, null, { 'a "b"': undefined, c: '\u2028' }],
    whole: event,
  }));

  expect(InputPathsMap).toEqual({
    id: '$.id',
    'detail-object-key': '$.detail.object.key',
    'detail-object-version-id': '$.detail.object.version-id',
    'resources-0-': '$.resources[0]',
    'detail-type': '$.detail-type',
  });
  expect(InputTemplate.slice(InputTemplate.indexOf('"payload"'))).toBe(
    '"payload":{"key":<detail-object-key>,"again":<detail-object-key>,"version":<detail-object-version-id>,' +
      '"bucket":<resources-0->,"type":<detail-type>,"kept":["as it is",7,true,null,{"c":"\u2028"}],' +
      '"whole":<aws.events.event.json>}}',
  );
});

test('different fields that would get one name get a name each', () => {
  type Odd = EventBridgeEvent<string, { 'a-b-3': string; 'a-b': string; a: { b: string }; 'a/b': string }>;
  const { InputPathsMap } = transformerOf(event => {
    const { detail } = event as unknown as Ref<Odd>;
    return { one: detail['a-b-3'], two: detail['a-b'], three: detail.a.b, four: detail['a/b'] };
  });

  const paths = ['$.id', '$.detail.a-b-3', '$.detail.a-b', '$.detail.a.b', '$.detail.a/b'];
  expect(Object.values(InputPathsMap)).toEqual(paths);
});

test('nothing in a payload is taken for a variable of EventBridge', () => {
  const { InputTemplate } = transformerOf(() => ({ '<id>': '<aws.events.event.json>' }));

  expect(InputTemplate).not.toMatch(/<aws|<id>"/);
  expect(JSON.parse(InputTemplate).payload).toEqual({ '<id>': '<aws.events.event.json>' });
});

test('a payload may hold what only deployment knows', () => {
  const stack = newStack();
  const { bucketName } = new s3.Bucket(stack, 'Exports');
  newTrigger(stack, { payload: event => ({ bucket: bucketName, detail: event.detail }) });

  const { InputTemplate } = ruleIn(Template.fromStack(stack)).Targets[0].InputTransformer;
  expect(JSON.stringify(InputTemplate)).toMatch(
    /\{\\"bucket\\":\\"",\{"Ref":"Exports\w+"\},"\\",\\"detail\\":<detail>/,
  );
});

test('every option arrives in the rule', () => {
  const rule = ruleIn(
    synthesize({ enabled: false, retryAttempts: 3, maxEventAge: Duration.minutes(2), ruleName: 'uploaded' }),
  );

  expect(rule).toMatchObject({ Name: 'uploaded', State: 'DISABLED' });
  expect(rule.Targets[0].RetryPolicy).toEqual({ MaximumRetryAttempts: 3, MaximumEventAgeInSeconds: 120 });
});

/** By the logical id of its queue, without its digest: the statements that let a service send. */
function policiesIn(template: Template) {
  return Object.fromEntries(
    Object.values(template.findResources('AWS::SQS::QueuePolicy')).map(({ Properties }) => [
      String(Properties.Queues[0].Ref).replace(/[0-9A-F]{8}$/, ''),
      Properties.PolicyDocument.Statement.filter(({ Principal }: { Principal: object }) =>
        Object.hasOwn(Principal, 'Service'),
      ),
    ]),
  );
}

const ruleArn = (name: string) => ({
  'Fn::Join': [
    '',
    [
      'arn:',
      { Ref: 'AWS::Partition' },
      ':events:',
      { Ref: 'AWS::Region' },
      ':',
      { Ref: 'AWS::AccountId' },
      `:rule/${name}`,
    ],
  ],
});

test('this rule alone may send to the queue and to the dead-letter queue, and is there after it may', () => {
  const template = synthesize({ ruleName: 'uploaded' });

  const policies = policiesIn(template);
  for (const queue of ['JobsQueue', 'UploadedUndeliveredQueue']) {
    expect(policies[queue]).toEqual([
      {
        Action: 'sqs:SendMessage',
        Effect: 'Allow',
        Principal: { Service: 'events.amazonaws.com' },
        Condition: { ArnEquals: { 'aws:SourceArn': ruleArn('uploaded') } },
        Resource: { 'Fn::GetAtt': [expect.stringMatching(`^${queue}`), 'Arn'] },
      },
    ]);
  }
  template.hasResource('AWS::Events::Rule', {
    DependsOn: [
      Match.stringLikeRegexp('^JobsQueuePolicy'),
      Match.stringLikeRegexp('^UploadedUndeliveredQueuePolicy'),
    ],
  });
});

test('a rule of another bus is that bus’s, and its ARN says so', () => {
  const stack = newStack();
  const eventBus = new events.EventBus(stack, 'Bus', { eventBusName: 'shop' });
  newTrigger(stack, { eventBus, ruleName: 'uploaded' });
  const template = Template.fromStack(stack);

  expect(ruleIn(template).EventBusName).toEqual({ Ref: expect.stringMatching(/^Bus/) });
  expect(JSON.stringify(policiesIn(template).JobsQueue)).toMatch(/:rule\/",\{"Ref":"Bus\w+"\},"\/uploaded"/);
});

test('an encrypted queue lets EventBridge use its key, for this account, and the dead-letter queue has the same', () => {
  const stack = newStack();
  newTrigger(stack, {}, { encryptionKey: new kms.Key(stack, 'Key') });
  const template = Template.fromStack(stack);

  template.hasResourceProperties('AWS::KMS::Key', {
    KeyPolicy: {
      Statement: Match.arrayWith([
        Match.objectLike({
          Action: ['kms:GenerateDataKey', 'kms:Decrypt'],
          Principal: { Service: 'events.amazonaws.com' },
          Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
        }),
      ]),
    },
  });
  template.allResourcesProperties('AWS::SQS::Queue', {
    KmsMasterKeyId: { 'Fn::GetAtt': [Match.stringLikeRegexp('^Key'), 'Arn'] },
  });
});

test('a FIFO queue gets the group of each event, and the trigger a dead-letter queue that EventBridge can use', () => {
  const template = synthesize({ groupKey: 'uploads' }, { fifo: true });

  expect(ruleIn(template).Targets[0].SqsParameters).toEqual({ MessageGroupId: 'uploads' });
  const queues = Object.entries(template.findResources('AWS::SQS::Queue'));
  const [, undelivered] = queues.find(([id]) => id.startsWith('UploadedUndelivered')) ?? [];
  expect(undelivered?.Properties).not.toHaveProperty('FifoQueue');
});

test('the alarm of what could not be delivered is among the queue’s, and says what its messages are', () => {
  const stack = newStack();
  const queue = newQueue(stack, 'Jobs', { tasks: [scanUpload] });
  newTrigger(stack, { queue });
  queue.alarms.notify(new sns.Topic(stack, 'Ops'));

  Template.fromStack(stack).hasResourceProperties('AWS::CloudWatch::Alarm', {
    AlarmDescription: Match.stringLikeRegexp(
      'Messages of event trigger Stack/Uploaded could not .*a message is the event as it was',
    ),
    AlarmActions: [{ Ref: Match.stringLikeRegexp('^Ops') }],
  });
});

test('a trigger may lie in a stack that depends on the queue’s', () => {
  const app = new App({ context: { 'aws:cdk:bundling-stacks': [] } });
  const queue = newQueue(new Stack(app, 'Queues'), 'Jobs', { tasks: [scanUpload] });
  newTrigger(new Stack(app, 'Triggers'), { queue });

  expect(() => app.synth()).not.toThrow();
});

test('an imported queue gets a warning with what its policy must allow', () => {
  const stack = newStack();
  const arn = (name: string) => `arn:aws:sqs:eu-west-1:123456789012:${name}`;
  const queue = newQueue(stack, 'Jobs', {
    tasks: [scanUpload],
    queue: sqs.Queue.fromQueueArn(stack, 'Theirs', arn('theirs')),
    deadLetterQueue: sqs.Queue.fromQueueArn(stack, 'TheirDead', arn('theirs-dead')),
  });
  newTrigger(stack, { queue, ruleName: 'uploaded' });

  Annotations.fromStack(stack).hasWarning(
    '/Stack/Uploaded',
    Match.stringLikeRegexp('policy of Stack/Theirs.*events.amazonaws.com.*:rule/uploaded'),
  );
});

const fields = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`f${index}`, index]));

test.each<[string, Props, RegExp]>([
  ['too many retries', { retryAttempts: 186 }, /retryAttempts must be.*0 to 185, got 186/],
  ['a retry age of less than a minute', { maxEventAge: Duration.seconds(59) }, /from 60s.*got 59s/],
  ['a group on a standard queue', { groupKey: 'a' }, /groupKey must not be given.*EventBridge gives/],
  ['a name that EventBridge refuses', { ruleName: 'new upload' }, /ruleName must be.*got 'new upload'/],
  [
    'an expression of workflows',
    { payload: event => ({ same: equals(event.id, event.source) }) },
    /payload must be made of values and fields of the event, got the expression/,
  ],
  [
    'a field whose name no path can hold',
    { payload: event => ({ a: (event.detail as Ref<{ 'a:b': string }>)['a:b'] }) },
    /letters, digits, - _ \/.*got 'a:b'/,
  ],
  [
    'too many fields',
    {
      payload: event =>
        Object.fromEntries(
          Object.keys(fields).map(name => [name, (event.detail as Ref<typeof fields>)[name]]),
        ),
    },
    /at most 99 fields of the event.*got 100/,
  ],
  [
    'a payload too large',
    { payload: () => ({ text: 'x'.repeat(8192) }) },
    /at most 8192 characters.*got 82\d\d/,
  ],
])('a trigger with %s fails at synth', (_, props, message) => {
  expect(() => synthesize(props)).toThrow(message);
  expect(() => synthesize(props)).toThrow(/^Stack\/Uploaded: /);
});

test('a trigger of a FIFO queue without a group fails at synth', () => {
  expect(() => synthesize({}, { fifo: true })).toThrow(/groupKey must be given/);
});

test('a trigger whose task is not the queue’s fails at synth', () => {
  const stack = newStack();

  expect(() => newTrigger(stack, { queue: newQueue(stack) })).toThrow(
    /task must be one of the queue's \(send-welcome-email\), got scan-upload/,
  );
});
