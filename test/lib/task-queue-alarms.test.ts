import { Duration } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as sns from 'aws-cdk-lib/aws-sns';
import { expect, test } from 'vitest';
import { newQueue, newStack, newTask, synthesize } from './stack.ts';

const ALARM = 'AWS::CloudWatch::Alarm';

test.each([
  [
    'a dead letter, within a minute',
    {
      MetricName: 'ApproximateNumberOfMessagesVisible',
      Statistic: 'Maximum',
      Period: 60,
      EvaluationPeriods: 1,
    },
  ],
  [
    'an invocation that crashed',
    { MetricName: 'Errors', Statistic: 'Sum', Period: 300, EvaluationPeriods: 1 },
  ],
  [
    '15 minutes of throttles',
    { MetricName: 'Throttles', Statistic: 'Sum', Period: 300, EvaluationPeriods: 3 },
  ],
])('an alarm goes off at %s', (_name, expected) => {
  synthesize().hasResourceProperties(ALARM, {
    Threshold: 0,
    ComparisonOperator: 'GreaterThanThreshold',
    TreatMissingData: 'notBreaching',
    AlarmDescription: Match.stringLikeRegexp('Stack/Email'),
    ...expected,
  });
});

test('a message may be as old as a delay, the longest backoff and a visibility timeout explain', () => {
  const tasks = [
    newTask({ retry: { attempts: 3, backoff: { type: 'fixed', delay: '2h' } } }),
    newTask({ name: 'other', retry: { attempts: 1 } }),
  ];

  synthesize({ tasks }).hasResourceProperties(ALARM, {
    MetricName: 'ApproximateAgeOfOldestMessage',
    Threshold: 900 + 7200 + 198,
    Period: 60,
    EvaluationPeriods: 5,
  });
});

test('the age of the oldest message can be given', () => {
  synthesize({ oldestMessageAgeThreshold: Duration.hours(3) }).hasResourceProperties(ALARM, {
    MetricName: 'ApproximateAgeOfOldestMessage',
    Threshold: 10_800,
  });
});

test('a dead letter may lie there for a day', () => {
  synthesize().hasResourceProperties(ALARM, {
    MetricName: 'ApproximateAgeOfOldestMessage',
    Dimensions: [
      {
        Name: 'QueueName',
        Value: { 'Fn::GetAtt': [Match.stringLikeRegexp('DeadLetterQueue'), 'QueueName'] },
      },
    ],
    Threshold: 86_400,
    TreatMissingData: 'notBreaching',
  });
});

test('a run may be as old as waiting and all its retries explain', () => {
  const tasks = [
    newTask({ timeout: '30s', retry: { attempts: 3, backoff: { type: 'fixed', delay: '2h' } } }),
  ];

  synthesize({ tasks }).hasResourceProperties(ALARM, {
    Namespace: 'BackgroundJobs',
    MetricName: 'BacklogAge',
    Statistic: 'Maximum',
    Threshold: 900 + 7200 + 198 + 3 * 30 + 2 * 7200,
  });
});

test('no alarm is over a metric that is not told', () => {
  synthesize({ metrics: 'none' }).resourcePropertiesCountIs(ALARM, { Namespace: 'BackgroundJobs' }, 0);
});

test('one call connects every alarm to topics and to any other action', () => {
  const stack = newStack();
  const action: cloudwatch.IAlarmAction = { bind: () => ({ alarmActionArn: 'arn:aws:ssm:::opsitem:1' }) };
  newQueue(stack).alarms.notify(new sns.Topic(stack, 'Ops'), action);
  const template = Template.fromStack(stack);

  template.resourceCountIs(ALARM, 6);
  template.allResourcesProperties(ALARM, {
    AlarmActions: [{ Ref: Match.stringLikeRegexp('^Ops') }, 'arn:aws:ssm:::opsitem:1'],
  });
  template.resourceCountIs('AWS::SNS::TopicPolicy', 0);
});

test('CloudWatch is allowed to publish to a topic that gets its policy after it is named', () => {
  const stack = newStack();
  const topic = new sns.Topic(stack, 'Ops');
  newQueue(stack).alarms.notify(topic);
  topic.grantPublish(new iam.ServicePrincipal('events.amazonaws.com'));

  Template.fromStack(stack).hasResourceProperties('AWS::SNS::TopicPolicy', {
    PolicyDocument: {
      Statement: [
        Match.objectLike({ Principal: { Service: 'events.amazonaws.com' } }),
        Match.objectLike({
          Principal: { Service: 'cloudwatch.amazonaws.com' },
          Action: 'sns:Publish',
          Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
        }),
      ],
    },
  });
});

test('CloudWatch is allowed to publish to a topic that has a policy and a key', () => {
  const stack = newStack();
  const topic = new sns.Topic(stack, 'Ops', { enforceSSL: true, masterKey: new kms.Key(stack, 'Key') });
  newQueue(stack).alarms.notify(topic);
  const template = Template.fromStack(stack);

  const cloudWatch = {
    Effect: 'Allow',
    Principal: { Service: 'cloudwatch.amazonaws.com' },
    Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
  };
  template.hasResourceProperties('AWS::SNS::TopicPolicy', {
    PolicyDocument: {
      Statement: Match.arrayWith([Match.objectLike({ ...cloudWatch, Action: 'sns:Publish' })]),
    },
  });
  template.hasResourceProperties('AWS::KMS::Key', {
    KeyPolicy: {
      Statement: Match.arrayWith([
        Match.objectLike({ ...cloudWatch, Action: ['kms:Decrypt', 'kms:GenerateDataKey'] }),
      ]),
    },
  });
});

test('synth warns of alarms that notify nobody', () => {
  const stack = newStack();
  newQueue(stack);

  Annotations.fromStack(stack).hasWarning(
    '/Stack/Email/Alarms',
    Match.stringLikeRegexp('the alarms must notify somebody, got no target; call alarms.notify\\(topic\\)'),
  );
});

test('synth does not warn once they notify somebody', () => {
  const stack = newStack();
  newQueue(stack).alarms.notify(new sns.Topic(stack, 'Ops'));

  expect(Annotations.fromStack(stack).findWarning('*', Match.anyValue())).toEqual([]);
});
