import { App, Duration, Stack, TimeZone } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import * as sns from 'aws-cdk-lib/aws-sns';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import * as z from 'zod';
import { defineTask } from '../../contract/task.ts';
import { TaskSchedule, type TaskScheduleProps } from '../../lib/index.ts';
import { allowed, newQueue, newStack, statementsOf } from './stack.ts';

const sendDigest = defineTask({ name: 'send-digest', payload: z.object({ weeks: z.number() }) });
const { cron, rate, at, expression } = ScheduleExpression;
const PARIS = TimeZone.EUROPE_PARIS;
const EIGHT_ON_MONDAYS = cron({ minute: '0', hour: '8', weekDay: 'MON', timeZone: PARIS });

type Props = Partial<TaskScheduleProps<typeof sendDigest>>;

beforeEach(() => vi.setSystemTime('2026-03-20T12:00:00Z'));
afterEach(() => vi.useRealTimers());

function newSchedule(stack: Stack, props: Props = {}, queueProps: Parameters<typeof newQueue>[2] = {}) {
  const queue = props.queue ?? newQueue(stack, 'Email', { tasks: [sendDigest], ...queueProps });
  return new TaskSchedule(stack, 'Digest', {
    task: sendDigest,
    payload: { weeks: 1 },
    schedule: EIGHT_ON_MONDAYS,
    ...props,
    queue,
  });
}

function synthesize(props: Props = {}, queueProps: Parameters<typeof newQueue>[2] = {}): Template {
  const stack = newStack();
  newSchedule(stack, props, queueProps);
  return Template.fromStack(stack);
}

function scheduleIn(template: Template) {
  const [schedule] = Object.values(template.findResources('AWS::Scheduler::Schedule'));
  return schedule?.Properties;
}

test('a firing puts the message of its task on the queue, with no function in between', () => {
  const template = synthesize();

  expect(scheduleIn(template)).toEqual({
    ScheduleExpression: 'cron(0 8 ? * MON *)',
    ScheduleExpressionTimezone: 'Europe/Paris',
    FlexibleTimeWindow: { Mode: 'OFF' },
    State: 'ENABLED',
    GroupName: { Ref: expect.stringMatching(/^EmailSchedulesGroup/) },
    Target: {
      Arn: { 'Fn::GetAtt': [expect.stringMatching(/^EmailQueue/), 'Arn'] },
      RoleArn: { 'Fn::GetAtt': [expect.stringMatching(/^EmailSchedulesRole/), 'Arn'] },
      DeadLetterConfig: { Arn: { 'Fn::GetAtt': [expect.stringMatching(/^DigestUndelivered/), 'Arn'] } },
      RetryPolicy: { MaximumRetryAttempts: 60, MaximumEventAgeInSeconds: 3600 },
      Input: expect.any(String),
    },
  });
  expect(JSON.parse(scheduleIn(template).Target.Input)).toEqual({
    task: 'send-digest',
    idempotencyKey: '<aws.scheduler.schedule-arn> <aws.scheduler.scheduled-time>',
    payload: { weeks: 1 },
    schedule: {
      name: 'Stack/Digest',
      arn: '<aws.scheduler.schedule-arn>',
      at: '<aws.scheduler.scheduled-time>',
    },
  });
  template.resourceCountIs('AWS::Lambda::Function', 1);
});

test('every option arrives in the schedule', () => {
  const { Target, ...properties } = scheduleIn(
    synthesize({
      schedule: rate(Duration.minutes(5)),
      enabled: false,
      start: new Date('2026-04-01T00:00:00Z'),
      end: new Date('2026-05-01T00:00:00Z'),
      flexibleWindow: Duration.minutes(15),
      overlap: 'skip',
      maxLateness: Duration.hours(1),
      retryAttempts: 3,
      maxEventAge: Duration.minutes(2),
      scheduleName: 'digest',
    }),
  );

  expect(properties).toMatchObject({
    Name: 'digest',
    ScheduleExpression: 'rate(5 minutes)',
    State: 'DISABLED',
    StartDate: '2026-04-01T00:00:00.000Z',
    EndDate: '2026-05-01T00:00:00.000Z',
    FlexibleTimeWindow: { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 15 },
  });
  expect(Target.RetryPolicy).toEqual({ MaximumRetryAttempts: 3, MaximumEventAgeInSeconds: 120 });
  expect(JSON.parse(Target.Input).schedule).toMatchObject({ overlap: 'skip', maxLatenessSeconds: 3600 });
});

test('a past start of a cron is left out: AWS would refuse each change of the schedule because of it', () => {
  expect(scheduleIn(synthesize({ start: new Date('2026-03-20T11:59:59Z') }))).not.toHaveProperty('StartDate');
});

test('a past start of a rate, which counts from it, is kept with a warning', () => {
  const stack = newStack();
  newSchedule(stack, { schedule: rate(Duration.hours(1)), start: new Date('2026-03-20T11:00:00Z') });

  Annotations.fromStack(stack).hasWarning(
    '/Stack/Digest',
    Match.stringLikeRegexp('start is past \\(2026-03-20T11:00:00.000Z\\).*move start'),
  );
  Template.fromStack(stack).hasResourceProperties('AWS::Scheduler::Schedule', {
    StartDate: '2026-03-20T11:00:00.000Z',
  });
});

test('a payload may hold what only deployment knows', () => {
  const stack = newStack();
  const task = defineTask({ name: 'purge', payload: z.object({ bucket: z.string().max(63) }) });
  const { bucketName } = new s3.Bucket(stack, 'Exports');
  new TaskSchedule(stack, 'Purge', {
    task,
    queue: newQueue(stack, 'Jobs', { tasks: [task] }),
    payload: { bucket: bucketName },
    schedule: EIGHT_ON_MONDAYS,
  });

  expect(JSON.stringify(scheduleIn(Template.fromStack(stack)).Target.Input)).toMatch(
    /\{\\"bucket\\":\\"",\{"Ref":"Exports/,
  );
});

test('the role may send to the queue and to the dead-letter queue alone, for schedules of the group alone', () => {
  const template = synthesize();

  expect(allowed(statementsOf(template, 'EmailSchedulesRole'))).toEqual([
    'sqs:SendMessage on DigestUndeliveredQueue',
    'sqs:SendMessage on EmailQueue',
  ]);
  template.hasResourceProperties('AWS::IAM::Role', {
    AssumeRolePolicyDocument: {
      Statement: [
        {
          Action: 'sts:AssumeRole',
          Effect: 'Allow',
          Principal: { Service: 'scheduler.amazonaws.com' },
          Condition: {
            StringEquals: {
              'aws:SourceAccount': { Ref: 'AWS::AccountId' },
              'aws:SourceArn': {
                'Fn::GetAtt': [Match.stringLikeRegexp('^EmailSchedulesGroup'), 'Arn'],
              },
            },
          },
        },
      ],
    },
  });
});

test('schedules of one queue share the group and the role', () => {
  const stack = newStack();
  const queue = newQueue(stack, 'Email', { tasks: [sendDigest] });
  for (const id of ['Weekly', 'Monthly']) {
    new TaskSchedule(stack, id, {
      task: sendDigest,
      queue,
      payload: { weeks: 1 },
      schedule: EIGHT_ON_MONDAYS,
    });
  }
  const template = Template.fromStack(stack);

  template.resourceCountIs('AWS::Scheduler::Schedule', 2);
  template.resourceCountIs('AWS::Scheduler::ScheduleGroup', 1);
});

test('an encrypted queue gives the schedule the use of its key, and its dead-letter queue the same key', () => {
  const stack = newStack();
  newSchedule(stack, {}, { encryptionKey: new kms.Key(stack, 'Key') });
  const template = Template.fromStack(stack);

  expect(allowed(statementsOf(template, 'EmailSchedulesRole'))).toContain(
    'kms:GenerateDataKey kms:Decrypt on Key',
  );
  template.allResourcesProperties('AWS::SQS::Queue', {
    KmsMasterKeyId: { 'Fn::GetAtt': [Match.stringLikeRegexp('^Key'), 'Arn'] },
  });
});

test('a FIFO queue gets the group of each firing, and the schedule a dead-letter queue that Scheduler can use', () => {
  const template = synthesize({ groupKey: 'digest' }, { fifo: true });

  expect(scheduleIn(template).Target.SqsParameters).toEqual({ MessageGroupId: 'digest' });
  const deadLetterQueues = Object.entries(template.findResources('AWS::SQS::Queue'));
  expect(
    deadLetterQueues.find(([id]) => id.startsWith('DigestUndelivered'))?.[1].Properties,
  ).not.toHaveProperty('FifoQueue');
});

test.each([
  'before',
  'after',
])('the alarm of what could not be delivered notifies who was given %s it', when => {
  const stack = newStack();
  const queue = newQueue(stack, 'Email', { tasks: [sendDigest] });
  const topic = new sns.Topic(stack, 'Ops');
  if (when === 'before') queue.alarms.notify(topic);
  newSchedule(stack, { queue });
  if (when === 'after') queue.alarms.notify(topic);

  Template.fromStack(stack).hasResourceProperties('AWS::CloudWatch::Alarm', {
    AlarmDescription: Match.stringLikeRegexp('Messages of schedule Stack/Digest could not be handed'),
    AlarmActions: [{ Ref: Match.stringLikeRegexp('^Ops') }],
    Dimensions: [
      { Name: 'QueueName', Value: { 'Fn::GetAtt': [Match.stringLikeRegexp('^Digest'), 'QueueName'] } },
    ],
  });
});

test.each([
  ['skip', true],
  ['allow', false],
] as const)('with overlap %s, that the consumer may read runs is %s', (overlap, may) => {
  const statements = allowed(statementsOf(synthesize({ overlap }), 'EmailConsumerRole'));

  expect(statements.some(statement => statement.includes('dynamodb:GetItem'))).toBe(may);
});

test('a schedule may lie in a stack that depends on the queue’s', () => {
  const app = new App({ context: { 'aws:cdk:bundling-stacks': [] } });
  const queue = newQueue(new Stack(app, 'Queues'), 'Email', { tasks: [sendDigest] });
  newSchedule(new Stack(app, 'Schedules'), { queue });

  expect(() => app.synth()).not.toThrow();
});

test('the expression has one space between its fields, whatever it was given with', () => {
  const schedule = expression(' cron(0  8 ? *\tMON * )', TimeZone.EUROPE_PARIS);

  expect(scheduleIn(synthesize({ schedule }))).toMatchObject({ ScheduleExpression: 'cron(0 8 ? * MON *)' });
});

test('synth says when the schedule fires next, on the clocks of its zone', () => {
  const stack = newStack();
  newSchedule(stack);

  Annotations.fromStack(stack).hasInfo(
    '/Stack/Digest',
    Match.stringLikeRegexp(
      [
        'cron\\(0 8 \\? \\* MON \\*\\) fires next in Europe/Paris:',
        '  Mon 2026-03-23 08:00 \\+01:00',
        '  Mon 2026-03-30 08:00 \\+02:00',
        '  Mon 2026-04-06 08:00 \\+02:00',
        '  Mon 2026-04-13 08:00 \\+02:00',
        '  Mon 2026-04-20 08:00 \\+02:00',
      ].join('\n'),
    ),
  );
});

test('synth says of a rate that it fires as soon as it is deployed', () => {
  const stack = newStack();
  newSchedule(stack, { schedule: rate(Duration.minutes(5)) });

  Annotations.fromStack(stack).hasInfo(
    '/Stack/Digest',
    Match.stringLikeRegexp(
      [
        'rate\\(5 minutes\\) fires next in UTC when it is deployed now:',
        '  Fri 2026-03-20 12:00 \\+00:00',
        '  Fri 2026-03-20 12:05 \\+00:00',
      ].join('\n'),
    ),
  );
});

test('synth says of a schedule that is not enabled that it does not fire', () => {
  const stack = newStack();
  newSchedule(stack, { enabled: false });

  Annotations.fromStack(stack).hasInfo('/Stack/Digest', Match.stringLikeRegexp('is not enabled'));
});

test.each<[string, Props, RegExp]>([
  [
    'an hour without a minute',
    { schedule: cron({ hour: '8', timeZone: PARIS }) },
    /must say the minute.*cron\(\* 8/,
  ],
  [
    'no time zone',
    { schedule: cron({ minute: '0', hour: '8' }) },
    /must name its time zone.*TimeZone\.EUROPE_PARIS/,
  ],
  [
    'an unknown zone',
    { schedule: cron({ minute: '0', timeZone: TimeZone.of('Mars/Base') }) },
    /got 'Mars\/Base'/,
  ],
  ['five fields', { schedule: expression('cron(0 8 * * 1)', PARIS) }, /cron\(0 8 \? \* 2 \*\)/],
  ['both day fields', { schedule: expression('cron(0 8 * * * *)', PARIS) }, /\?/],
  ['day 8', { schedule: expression('cron(0 8 ? * 8 *)', PARIS) }, /day-of-week.*8/],
  ['a rate of zero', { schedule: expression('rate(0 minutes)') }, /whole number from 1.*rate\(0 minutes\)/],
  [
    'a time in the past',
    { schedule: at(new Date('2026-03-20T11:59:00Z')) },
    /never fires.*give a time to come/,
  ],
  [
    'an end before its start',
    { start: new Date('2026-05-02'), end: new Date('2026-05-01') },
    /must be after its start/,
  ],
  [
    'a window of more than a day',
    { flexibleWindow: Duration.minutes(1441) },
    /flexibleWindow.*1 to 1440.*1441/,
  ],
  [
    'a window of half a minute',
    { flexibleWindow: Duration.seconds(30) },
    /flexibleWindow.*whole minutes.*0\.5/,
  ],
  [
    'a name that Scheduler refuses',
    { scheduleName: 'weekly digest' },
    /scheduleName must be 1 to 64.*'weekly digest'/,
  ],
  ['too many retries', { retryAttempts: 186 }, /retryAttempts must be.*0 to 185, got 186/],
  [
    'a retry age of less than a minute',
    { maxEventAge: Duration.seconds(59) },
    /maxEventAge must be from 60s.*59s/,
  ],
  [
    'a lateness within Scheduler’s precision',
    { maxLateness: Duration.seconds(59) },
    /maxLateness.*60s.*got 59s/,
  ],
  [
    'a lateness within its window',
    { maxLateness: Duration.minutes(5), flexibleWindow: Duration.minutes(5) },
    /maxLateness.*360s.*got 300s/,
  ],
  ['a group on a standard queue', { groupKey: 'a' }, /groupKey must not be given/],
])('a schedule with %s fails at synth', (_, props, message) => {
  expect(() => synthesize(props)).toThrow(message);
  expect(() => synthesize(props)).toThrow(/^Stack\/Digest: /);
});

test('a schedule of a FIFO queue without a group fails at synth', () => {
  expect(() => synthesize({}, { fifo: true })).toThrow(/groupKey must be given/);
});

test('a schedule whose task is not the queue’s fails at synth', () => {
  const stack = newStack();

  expect(() => newSchedule(stack, { queue: newQueue(stack) })).toThrow(
    /task must be one of the queue's \(send-welcome-email\), got send-digest/,
  );
});

test('a schedule whose payload the schema refuses fails at synth', () => {
  const task = defineTask({ name: 'send-digest', payload: z.object({ weeks: z.number().max(4) }) });

  expect(() => synthesize({ task, payload: { weeks: 5 } })).toThrow(/payload of task 'send-digest'.*weeks: /);
});

test('a payload that is too large for EventBridge Scheduler fails at synth', () => {
  const stack = newStack();
  const task = defineTask({ name: 'import', payload: z.string() });
  const props = { task, queue: newQueue(stack, 'Jobs', { tasks: [task] }), schedule: EIGHT_ON_MONDAYS };

  expect(() => new TaskSchedule(stack, 'Import', { ...props, payload: 'x'.repeat(262_144) })).toThrow(
    /payload must leave the message at most 262144 bytes.*got 262\d\d\d/,
  );
});
