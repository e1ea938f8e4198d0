import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { expect, test } from 'vitest';
import type { AlarmChange } from '../../../local/cloudwatch/alarms.ts';
import type { Notification } from '../../../local/sns/topics.ts';
import { eventually } from '../../eventually.ts';
import { runningShop } from '../engine/running.ts';
import { createFakeClock } from '../fake-clock.ts';

const MINUTE_MS = 60_000;
const QUEUE = { Type: 'AWS::SQS::Queue' };
const THRESHOLD = {
  ComparisonOperator: 'GreaterThanThreshold',
  EvaluationPeriods: 1,
  Threshold: 0,
  TreatMissingData: 'notBreaching',
};

function alarm(properties: object) {
  return { Type: 'AWS::CloudWatch::Alarm', Properties: { ...THRESHOLD, ...properties } };
}

function metricOf(resource: string, namespace: string, name: string, statistic: string, period = 60) {
  const [dimension, attribute] =
    namespace === 'AWS/SQS'
      ? ['QueueName', { 'Fn::GetAtt': [resource, 'QueueName'] }]
      : ['FunctionName', { Ref: resource }];
  const Dimensions = [{ Name: dimension, Value: attribute }];
  return { Namespace: namespace, MetricName: name, Statistic: statistic, Period: period, Dimensions };
}

/** A function with a URL that does what the query's word says. */
const FUNCTION = {
  Fn: {
    Type: 'AWS::Lambda::Function',
    Properties: {
      Code: {
        ZipFile: `exports.handler = async ({ rawQueryString }) => {
          if (rawQueryString === 'fail') throw new Error('failed');
          if (rawQueryString.startsWith('count=')) console.log(JSON.stringify({
            _aws: { Timestamp: 0, CloudWatchMetrics: [
              { Namespace: 'Shop', Dimensions: [['service']], Metrics: [{ Name: 'Sales' }] },
            ] },
            service: 'api', Sales: Number(rawQueryString.slice(6)),
          }));
          if (rawQueryString === 'refuse') return { statusCode: 401 };
          return 'done';
        };`,
      },
      Handler: 'index.handler',
      Runtime: 'nodejs24.x',
    },
  },
  Url: { Type: 'AWS::Lambda::Url', Properties: { AuthType: 'NONE', TargetFunctionArn: { Ref: 'Fn' } } },
};

/** The alarms' changes to and from ALARM, as `name: state`, on a clock that stands at the beginning of a minute. */
async function watched(resources: object) {
  const clock = createFakeClock();
  const changes: AlarmChange[] = [];
  const notifications: Notification[] = [];
  const engine = await runningShop(
    { Resources: resources },
    {
      clock,
      onAlarm: change => changes.push(change),
      onNotification: notification => notifications.push(notification),
    },
  );
  const states = () => changes.map(({ name, to }) => `${name}: ${to}`);
  const call = async (query: string) => (await fetch(`${engine.functionUrls[0]?.url}?${query}`)).status;
  const send = (body: string) =>
    new SQSClient(engine.clientConfig).send(
      new SendMessageCommand({ QueueUrl: engine.queues[0]?.url, MessageBody: body }),
    );
  return { engine, clock, changes, notifications, states, call, send };
}

// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html
test("alarms of a queue's depth at the end of the minute, and ends when the queue is empty", async () => {
  // GIVEN
  const depth = alarm({
    AlarmName: 'Depth',
    ...metricOf('Queue', 'AWS/SQS', 'ApproximateNumberOfMessagesVisible', 'Maximum'),
  });
  const { clock, states, send, changes, engine } = await watched({ Queue: QUEUE, Depth: depth });
  clock.advance(MINUTE_MS);
  expect(states()).toEqual(['Depth: OK']);

  // WHEN
  await send('a');
  clock.advance(MINUTE_MS - 1);
  expect(states()).toEqual(['Depth: OK']);
  clock.advance(1);

  // THEN
  expect(states()).toEqual(['Depth: OK', 'Depth: ALARM']);
  expect(changes.at(-1)).toMatchObject({
    arn: 'arn:aws:cloudwatch:us-east-1:000000000000:alarm:Depth',
    reason: 'ApproximateNumberOfMessagesVisible was 1 (> 0) in the last minute',
  });
  expect(engine.alarms[0]?.notEvaluated).toBeUndefined();
});

// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
test('alarms of the age of the oldest message once enough periods in a row are over the threshold', async () => {
  const age = alarm({
    AlarmName: 'Age',
    ...metricOf('Queue', 'AWS/SQS', 'ApproximateAgeOfOldestMessage', 'Maximum'),
    Threshold: 90,
    EvaluationPeriods: 2,
  });
  const { clock, states, send } = await watched({ Queue: QUEUE, Age: age });
  await send('a');
  clock.advance(2 * MINUTE_MS);
  expect(states()).toEqual(['Age: OK']);
  clock.advance(MINUTE_MS);
  expect(states()).toEqual(['Age: OK', 'Age: ALARM']);
});

test.each([
  ['Errors', 'Sum', 0],
  ['Invocations', 'Sum', 1],
  ['Errors', 'Average', 0.4],
  ['Duration', 'SampleCount', 1],
])("alarms of a function's %s by %s", async (name, statistic, threshold) => {
  const failing = alarm({
    AlarmName: 'Fn',
    ...metricOf('Fn', 'AWS/Lambda', name, statistic, 300),
    Threshold: threshold,
  });
  const { clock, states, call } = await watched({ ...FUNCTION, Alarm: failing });
  await call('fine');
  clock.advance(MINUTE_MS);
  expect(states()).toEqual(['Fn: OK']);

  await call('fail');
  clock.advance(MINUTE_MS);
  expect(states()).toEqual(['Fn: OK', 'Fn: ALARM']);

  // Five minutes after the failure it is no longer in the period.
  clock.advance(5 * MINUTE_MS);
  expect(states()).toEqual(['Fn: OK', 'Fn: ALARM', 'Fn: OK']);
});

// https://docs.aws.amazon.com/lambda/latest/dg/urls-monitoring.html
test('alarms of what a function URL answers', async () => {
  const of = (name: string) => alarm({ AlarmName: name, ...metricOf('Fn', 'AWS/Lambda', name, 'Sum') });
  const { clock, states, call } = await watched({
    ...FUNCTION,
    One: of('Url4xxCount'),
    Two: of('Url5xxCount'),
    Three: of('UrlRequestCount'),
  });
  await call('refuse');
  clock.advance(MINUTE_MS);
  expect(states()).toEqual(['Url4xxCount: ALARM', 'Url5xxCount: OK', 'UrlRequestCount: ALARM']);

  await call('fail');
  clock.advance(MINUTE_MS);
  expect(states().slice(3)).toEqual(['Url4xxCount: OK', 'Url5xxCount: ALARM']);
});

// https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
test("alarms of throttles, which are not a function's errors", async () => {
  const reserved = {
    ...FUNCTION.Fn,
    Properties: { ...FUNCTION.Fn.Properties, ReservedConcurrentExecutions: 0 },
  };
  const of = (name: string) => alarm({ AlarmName: name, ...metricOf('Fn', 'AWS/Lambda', name, 'Sum') });
  const { clock, states, call } = await watched({
    ...FUNCTION,
    Fn: reserved,
    One: of('Throttles'),
    Two: of('Errors'),
  });
  await call('fine');
  clock.advance(MINUTE_MS);
  expect(states()).toEqual(['Throttles: ALARM', 'Errors: OK']);
});

// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
test('alarms of metrics that functions log in the embedded format', async () => {
  const sales = alarm({
    AlarmName: 'Sales',
    Namespace: 'Shop',
    MetricName: 'Sales',
    Statistic: 'Sum',
    Period: 60,
    Threshold: 5,
    Dimensions: [{ Name: 'service', Value: 'api' }],
  });
  const { clock, states, call } = await watched({ ...FUNCTION, Alarm: sales });
  await call('count=3');
  await call('count=3');
  clock.advance(MINUTE_MS);
  expect(states()).toEqual(['Sales: ALARM']);
});

// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
test('alarms of arithmetic over metrics', async () => {
  const stat = (Id: string, name: string) => {
    const { Statistic, Period, ...Metric } = metricOf('Fn', 'AWS/Lambda', name, 'Sum');
    return { Id, ReturnData: false, MetricStat: { Metric, Stat: Statistic, Period } };
  };
  const rate = alarm({
    AlarmName: 'Rate',
    Threshold: 40,
    Metrics: [
      { Id: 'rate', Expression: 'errors / calls * 100' },
      stat('errors', 'Errors'),
      stat('calls', 'Invocations'),
    ],
  });
  const { clock, states, call } = await watched({ ...FUNCTION, Alarm: rate });
  for (const query of ['fine', 'fail']) await call(query);
  clock.advance(MINUTE_MS);
  expect(states()).toEqual(['Rate: ALARM']);
});

// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html
test('publishes to the topics of its actions what CloudWatch would', async () => {
  // GIVEN
  const resources = {
    Queue: QUEUE,
    Ops: { Type: 'AWS::SNS::Topic', Properties: { TopicName: 'Ops' } },
    Mail: {
      Type: 'AWS::SNS::Subscription',
      Properties: { TopicArn: { Ref: 'Ops' }, Protocol: 'email', Endpoint: 'ops@example.com' },
    },
    Depth: alarm({
      AlarmName: 'Depth',
      AlarmDescription: 'too many',
      AlarmActions: [{ Ref: 'Ops' }],
      ...metricOf('Queue', 'AWS/SQS', 'ApproximateNumberOfMessagesVisible', 'Maximum'),
    }),
  };
  const { clock, notifications, send } = await watched(resources);

  // WHEN
  await send('a');
  clock.advance(MINUTE_MS);

  // THEN
  expect(notifications).toMatchObject([
    {
      topicArn: 'arn:aws:sns:us-east-1:000000000000:Ops',
      subject: 'ALARM: "Depth" in us-east-1',
      subscriptions: [{ protocol: 'email', endpoint: 'ops@example.com' }],
    },
  ]);
  expect(JSON.parse(notifications[0]?.message ?? '')).toMatchObject({
    AlarmName: 'Depth',
    AlarmDescription: 'too many',
    NewStateValue: 'ALARM',
    OldStateValue: 'INSUFFICIENT_DATA',
  });
});

test('tells nobody where ActionsEnabled is false', async () => {
  const resources = {
    Queue: QUEUE,
    Ops: { Type: 'AWS::SNS::Topic' },
    Depth: alarm({
      ActionsEnabled: false,
      AlarmActions: [{ Ref: 'Ops' }],
      ...metricOf('Queue', 'AWS/SQS', 'ApproximateNumberOfMessagesVisible', 'Maximum'),
    }),
  };
  const { clock, notifications, send, changes } = await watched(resources);
  await send('a');
  clock.advance(MINUTE_MS);
  await eventually(() => expect(changes).toHaveLength(1));
  expect(notifications).toEqual([]);
});

test.each([
  [
    'another service',
    { Namespace: 'AWS/DynamoDB', MetricName: 'ThrottledRequests', Statistic: 'Sum', Period: 60 },
    'the metric AWS/DynamoDB ThrottledRequests is not computed',
  ],
  [
    'a metric that the engine does not count',
    metricOf('Queue', 'AWS/SQS', 'NumberOfMessagesSent', 'Sum'),
    'the metric AWS/SQS NumberOfMessagesSent is not computed',
  ],
  [
    'a queue that is not there',
    {
      ...metricOf('Queue', 'AWS/SQS', 'ApproximateNumberOfMessagesVisible', 'Sum'),
      Dimensions: [{ Name: 'QueueName', Value: 'Other' }],
    },
    'these stacks have no queue Other',
  ],
  [
    'a percentile',
    {
      ...metricOf('Queue', 'AWS/SQS', 'ApproximateAgeOfOldestMessage', 'Sum'),
      Statistic: undefined,
      ExtendedStatistic: 'p99',
    },
    'the statistic p99 is not imitated',
  ],
  [
    'a function of metric math',
    { Metrics: [{ Id: 'e', Expression: 'SUM(METRICS())' }] },
    'of metric math only + - * / are imitated, got "SUM(METRICS())"',
  ],
  [
    'seconds',
    metricOf('Queue', 'AWS/SQS', 'ApproximateAgeOfOldestMessage', 'Sum', 10),
    'periods of whole minutes are imitated, got 10 s',
  ],
])('says of an alarm over %s why it is not evaluated', async (_what, properties, reason) => {
  const { engine, clock, changes } = await watched({ Queue: QUEUE, Alarm: alarm(properties) });
  clock.advance(5 * MINUTE_MS);
  expect(engine.alarms[0]?.notEvaluated).toBe(reason);
  expect(changes).toEqual([]);
});
