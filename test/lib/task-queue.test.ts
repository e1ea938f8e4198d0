import { Duration, RemovalPolicy, Stack, Token } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import { describe, expect, test } from 'vitest';
import type { TaskQueueProps } from '../../lib/index.ts';
import { newQueue, newStack, newTask, queuesOf, synthesize } from './stack.ts';

const QUEUE = 'AWS::SQS::Queue';
const FUNCTION = 'AWS::Lambda::Function';
const EVENT_SOURCE = 'AWS::Lambda::EventSourceMapping';

function existingVpc(stack: Stack): ec2.IVpc {
  return ec2.Vpc.fromVpcAttributes(stack, 'Vpc', {
    vpcId: 'vpc-1',
    availabilityZones: ['a'],
    privateSubnetIds: ['subnet-1'],
  });
}

describe('the queues', () => {
  test('a queue dead-letters after three receives an attempt, ten more, and one each 11 h 50 min of retention', () => {
    const template = synthesize({ tasks: [newTask({ retry: { attempts: 7 } }), newTask({ name: 'other' })] });

    template.hasResourceProperties(QUEUE, {
      VisibilityTimeout: 6 * 33,
      MessageRetentionPeriod: 4 * 86_400,
      RedrivePolicy: {
        deadLetterTargetArn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^EmailDeadLetterQueue'), 'Arn'] },
        maxReceiveCount: 3 * 7 + 10 + 8,
      },
    });
  });

  test('the receive count has room for a backoff of days, which SQS hides a message for in parts', () => {
    const template = synthesize({
      tasks: [newTask({ retry: { attempts: 2, backoff: { type: 'fixed', delay: '9d' } } })],
      retentionPeriod: Duration.days(11),
    });

    // 9 days are 19 times 11 h 50 min.
    template.hasResourceProperties(QUEUE, { RedrivePolicy: { maxReceiveCount: 3 * 2 + 10 + 22 } });
  });

  test('the receive count has room for the longest retention when it is not known', () => {
    const retentionPeriod = Duration.seconds(Token.asNumber({ Ref: 'Retention' }));

    synthesize({ retentionPeriod }).hasResourceProperties(QUEUE, {
      RedrivePolicy: { maxReceiveCount: 3 * 5 + 10 + 28 },
    });
  });

  test('the receive count stops at what SQS allows', () => {
    const template = synthesize({
      tasks: [newTask({ retry: { attempts: 330, backoff: { type: 'fixed', delay: '1s' } } })],
      retentionPeriod: Duration.days(5),
    });

    template.hasResourceProperties(QUEUE, { RedrivePolicy: { maxReceiveCount: 1000 } });
  });

  test('a message of a function that never starts is dead-lettered by the half of its retention', () => {
    const template = synthesize({ fifo: true, retentionPeriod: Duration.days(10) });

    // Not (3 * 5 + 10 + 20) * 10.
    template.hasResourceProperties(QUEUE, {
      VisibilityTimeout: 1818,
      RedrivePolicy: { maxReceiveCount: Math.floor((5 * 86_400) / 1818) },
    });
  });

  test('each attempt has a receive where the half of the retention would leave less', () => {
    const tasks = [newTask({ timeout: '80s' })];

    // 4 days / 2 / 4,818 s = 35.
    synthesize({ fifo: true, tasks }).hasResourceProperties(QUEUE, {
      VisibilityTimeout: 4818,
      RedrivePolicy: { maxReceiveCount: (5 + 1) * 10 },
    });
  });

  test('dead letters are kept for 14 days, and any queue may use a dead-letter queue without a name', () => {
    synthesize().hasResourceProperties(QUEUE, {
      MessageRetentionPeriod: 14 * 86_400,
      RedrivePolicy: Match.absent(),
      RedriveAllowPolicy: Match.absent(),
    });
  });

  test('both queues are encrypted by SQS and refuse what is not TLS', () => {
    const template = synthesize();

    template.allResourcesProperties(QUEUE, { SqsManagedSseEnabled: true });
    template.resourceCountIs('AWS::SQS::QueuePolicy', 2);
    template.allResourcesProperties('AWS::SQS::QueuePolicy', {
      PolicyDocument: {
        Statement: [
          Match.objectLike({
            Effect: 'Deny',
            Action: 'sqs:*',
            Condition: { Bool: { 'aws:SecureTransport': 'false' } },
          }),
        ],
      },
    });
  });

  test('a FIFO queue and its dead-letter queue deduplicate by content', () => {
    const template = synthesize({ fifo: true });

    template.resourceCountIs(QUEUE, 2);
    template.allResourcesProperties(QUEUE, { FifoQueue: true, ContentBasedDeduplication: true });
    // A batch of ten records runs one after the other: 10 × 30 s and 3 s.
    template.hasResourceProperties(QUEUE, { VisibilityTimeout: 6 * 303 });
    template.hasResourceProperties(FUNCTION, { Timeout: 303 });
  });

  test.each([
    ['orders', {}, 'orders-dead-letters'],
    ['orders.fifo', { fifo: true }, 'orders-dead-letters.fifo'],
  ])('the dead-letter queue of a queue named %s accepts its dead letters alone', (queueName, props, deadLetterName) => {
    const template = synthesize({ queueName, ...props });

    template.hasResourceProperties(QUEUE, { QueueName: queueName });
    template.hasResourceProperties(QUEUE, {
      QueueName: deadLetterName,
      RedriveAllowPolicy: {
        redrivePermission: 'byQueue',
        sourceQueueArns: [
          {
            'Fn::Join': [
              '',
              [
                'arn:',
                { Ref: 'AWS::Partition' },
                ':sqs:',
                { Ref: 'AWS::Region' },
                ':',
                { Ref: 'AWS::AccountId' },
                `:${queueName}`,
              ],
            ],
          },
        ],
      },
    });
  });

  test('a key encrypts both queues, and the consumer may use it', () => {
    const stack = newStack();
    newQueue(stack, 'Email', { encryptionKey: new kms.Key(stack, 'Key') });
    const template = Template.fromStack(stack);

    template.allResourcesProperties(QUEUE, { KmsMasterKeyId: { 'Fn::GetAtt': [Match.anyValue(), 'Arn'] } });
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({ Effect: 'Allow', Action: ['kms:GenerateDataKey', 'kms:Decrypt'] }),
        ]),
      },
    });
  });
});

describe('the consumer', () => {
  test('it runs on Node 24 and arm64, with JSON logs that are kept for a month', () => {
    const template = synthesize();

    template.hasResourceProperties(FUNCTION, {
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Handler: 'index.handler',
      MemorySize: 256,
      Timeout: 33,
      TracingConfig: Match.absent(),
      ReservedConcurrentExecutions: Match.absent(),
      LoggingConfig: { LogFormat: 'JSON', LogGroup: { Ref: Match.stringLikeRegexp('^EmailConsumerLogs') } },
    });
    template.hasResourceProperties('AWS::Logs::LogGroup', { RetentionInDays: 30 });
  });

  test('its timeout is that of the slowest task and three seconds, in whole seconds', () => {
    const tasks = [newTask({ timeout: '90500ms' }), newTask({ name: 'quick', timeout: '1s' })];

    synthesize({ tasks }).hasResourceProperties(FUNCTION, { Timeout: 94 });
  });

  test('an invocation reports each failed record by itself', () => {
    synthesize().hasResourceProperties(EVENT_SOURCE, {
      BatchSize: 10,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      MaximumBatchingWindowInSeconds: Match.absent(),
      ScalingConfig: Match.absent(),
    });
  });

  test('it learns its queue, its concurrency and its grace for unknown tasks from one variable', () => {
    expect(queuesOf(synthesize(), 'EmailConsumer')).toEqual([
      {
        url: '<EmailQueue>',
        deadLetterUrl: '<EmailDeadLetterQueue>',
        table: '<EmailRunsTable>',
        tasks: ['send-welcome-email'],
        consumer: { concurrency: 10, unknownTaskGraceSeconds: 300, metrics: 'queue' },
      },
    ]);
  });

  test.each<[string, Partial<TaskQueueProps>, object]>([
    ['concurrency', { concurrency: 3 }, { consumer: expect.objectContaining({ concurrency: 3 }) }],
    ['a small batch', { batchSize: 4 }, { consumer: expect.objectContaining({ concurrency: 4 }) }],
    ['a FIFO queue', { fifo: true }, { fifo: true }],
    [
      'unknownTaskGrace',
      { unknownTaskGrace: Duration.minutes(1) },
      { consumer: expect.objectContaining({ unknownTaskGraceSeconds: 60 }) },
    ],
    ['metrics by task', { metrics: 'task' }, { consumer: expect.objectContaining({ metrics: 'task' }) }],
    ['no metrics', { metrics: 'none' }, { consumer: { concurrency: 10, unknownTaskGraceSeconds: 300 } }],
    ['trackQueued', { trackQueued: false }, { trackQueued: false }],
    [
      'a retention that is not SQS’s default',
      { retentionPeriod: Duration.days(5) },
      { consumer: expect.objectContaining({ retentionSeconds: 5 * 86_400 }) },
    ],
  ])('the variable tells of %s', (_name, props, expected) => {
    expect(queuesOf(synthesize(props), 'EmailConsumer')).toEqual([expect.objectContaining(expected)]);
  });

  test('it runs in a VPC, and may only manage network interfaces there', () => {
    const stack = newStack();
    newQueue(stack, 'Email', { vpc: existingVpc(stack) });
    const template = Template.fromStack(stack);

    template.hasResourceProperties(FUNCTION, { VpcConfig: { SubnetIds: ['subnet-1'] } });
    template.hasResourceProperties('AWS::IAM::Role', {
      ManagedPolicyArns: [
        {
          'Fn::Join': [
            '',
            ['arn:', { Ref: 'AWS::Partition' }, ':iam::aws:policy/service-role/AWSLambdaENIManagementAccess'],
          ],
        },
      ],
    });
  });

  test('it takes security groups, subnets, layers and a log group that exist', () => {
    const stack = newStack();
    const layerArn = 'arn:aws:lambda:eu-west-1:123456789012:layer:tools:3';
    newQueue(stack, 'Email', {
      vpc: existingVpc(stack),
      vpcSubnets: { subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS },
      securityGroups: [ec2.SecurityGroup.fromSecurityGroupId(stack, 'Group', 'sg-12345')],
      layers: [lambda.LayerVersion.fromLayerVersionArn(stack, 'Layer', layerArn)],
      logGroup: logs.LogGroup.fromLogGroupName(stack, 'Logs', 'shared-logs'),
    });
    const template = Template.fromStack(stack);

    template.resourceCountIs('AWS::Logs::LogGroup', 0);
    template.hasResourceProperties(FUNCTION, {
      Layers: [layerArn],
      LoggingConfig: { LogGroup: 'shared-logs' },
      VpcConfig: { SecurityGroupIds: ['sg-12345'] },
    });
  });
});

test.each<[Partial<TaskQueueProps>, string, object]>([
  [{ visibilityTimeout: Duration.minutes(5) }, QUEUE, { VisibilityTimeout: 300 }],
  [{ retentionPeriod: Duration.days(6) }, QUEUE, { MessageRetentionPeriod: 518_400 }],
  [{ deadLetterRetentionPeriod: Duration.days(9) }, QUEUE, { MessageRetentionPeriod: 777_600 }],
  [{ deliveryDelay: Duration.seconds(20) }, QUEUE, { DelaySeconds: 20 }],
  [{ handler: 'consume' }, FUNCTION, { Handler: 'index.consume' }],
  [{ handler: 'wrapper.handler' }, FUNCTION, { Handler: 'wrapper.handler' }],
  [{ timeout: Duration.minutes(2) }, FUNCTION, { Timeout: 120 }],
  [{ timeout: Duration.minutes(2) }, QUEUE, { VisibilityTimeout: 720 }],
  [{ memorySize: 512 }, FUNCTION, { MemorySize: 512 }],
  [{ reservedConcurrentExecutions: 5 }, FUNCTION, { ReservedConcurrentExecutions: 5 }],
  [{ tracing: lambda.Tracing.ACTIVE }, FUNCTION, { TracingConfig: { Mode: 'Active' } }],
  [{ environment: { SMTP: 'x' } }, FUNCTION, { Environment: { Variables: Match.objectLike({ SMTP: 'x' }) } }],
  [{ logRetention: logs.RetentionDays.ONE_WEEK }, 'AWS::Logs::LogGroup', { RetentionInDays: 7 }],
  [{ batchSize: 3 }, EVENT_SOURCE, { BatchSize: 3 }],
  [{ maxConcurrency: 7 }, EVENT_SOURCE, { ScalingConfig: { MaximumConcurrency: 7 } }],
  [
    { batchSize: 100, maxBatchingWindow: Duration.seconds(9) },
    EVENT_SOURCE,
    { BatchSize: 100, MaximumBatchingWindowInSeconds: 9 },
  ],
  [{ maxBatchingWindow: Duration.seconds(9) }, QUEUE, { VisibilityTimeout: 6 * 33 + 9 }],
])('the prop of %o is in the template', (props, type, expected) => {
  synthesize(props).hasResourceProperties(type, expected);
});

test('what is no prop can be set on the consumer', () => {
  const stack = newStack();
  const { consumer } = newQueue(stack);
  const resource = consumer.node.defaultChild as lambda.CfnFunction;
  resource.recursiveLoop = 'Allow';
  consumer.applyRemovalPolicy(RemovalPolicy.RETAIN);

  Template.fromStack(stack).hasResource(FUNCTION, {
    DeletionPolicy: 'Retain',
    Properties: { RecursiveLoop: 'Allow' },
  });
});

test('two task queues live in one stack, each with a run table of its own', () => {
  const stack = newStack();
  newQueue(stack, 'Email');
  newQueue(stack, 'Images', { tasks: [newTask({ name: 'resize' })] });
  const template = Template.fromStack(stack);

  template.resourceCountIs(QUEUE, 4);
  template.resourceCountIs(FUNCTION, 2);
  template.resourceCountIs('AWS::DynamoDB::Table', 2);
});

test('the metrics are those of its queues and its function', () => {
  const stack = newStack();
  const queue = newQueue(stack);
  const metrics = [
    queue.metricOldestMessageAge(),
    queue.metricMessagesWaiting(),
    queue.metricMessagesInFlight(),
    queue.metricMessagesDelayed(),
    queue.metricDeadLetters(),
    queue.metricConsumerErrors(),
    queue.metricConsumerThrottles(),
    queue.metricConsumerDuration({ statistic: 'p95' }),
  ].map(({ metricName, statistic, dimensions }) => {
    const dimension = JSON.stringify(Stack.of(stack).resolve(dimensions));
    return `${metricName} ${statistic} ${/(Email[A-Za-z]*)[0-9A-F]{8}/.exec(dimension)?.[1]}`;
  });

  expect(metrics).toEqual([
    'ApproximateAgeOfOldestMessage Maximum EmailQueue',
    'ApproximateNumberOfMessagesVisible Maximum EmailQueue',
    'ApproximateNumberOfMessagesNotVisible Maximum EmailQueue',
    'ApproximateNumberOfMessagesDelayed Maximum EmailQueue',
    'ApproximateNumberOfMessagesVisible Maximum EmailDeadLetterQueue',
    'Errors Sum EmailConsumer',
    'Throttles Sum EmailConsumer',
    'Duration p95 EmailConsumer',
  ]);
});

test('the metrics of its runs are those that its consumer tells', () => {
  const stack = newStack();
  const queue = newQueue(stack);
  const metrics = [
    queue.metricStarted(),
    queue.metricSucceeded(),
    queue.metricRetried(),
    queue.metricDeadLettered(),
    queue.metricCanceled(),
    queue.metricAttemptDuration({ statistic: 'p95' }),
    queue.metricQueueLatency(),
    queue.metricBacklogAge(),
  ];

  expect(metrics.map(({ metricName, statistic }) => `${metricName} ${statistic}`)).toEqual([
    'Duration SampleCount',
    'Succeeded Sum',
    'Retried Sum',
    'DeadLettered Sum',
    'Canceled Sum',
    'Duration p95',
    'QueueLatency Average',
    'BacklogAge Maximum',
  ]);
  expect(Stack.of(stack).resolve(metrics[0]?.dimensions)).toEqual({
    QueueName: { 'Fn::GetAtt': [expect.stringMatching(/^EmailQueue/), 'QueueName'] },
  });
  expect(queuesOf(Template.fromStack(stack), 'EmailConsumer')[0].consumer).toMatchObject({
    metrics: 'queue',
  });
});

test('a metric is of one task where the consumer tells it', () => {
  const task = newTask();
  const queue = newQueue(newStack(), 'Email', { tasks: [task], metrics: 'task' });

  expect(queue.metricSucceeded({ task }).dimensions).toMatchObject({ TaskName: task.name });
});

test('fails for a metric that the consumer does not tell, with the way out', () => {
  const task = newTask();
  const silent = newQueue(newStack(), 'Email', { metrics: 'none' });

  expect(() => silent.metricSucceeded()).toThrow("metrics is 'none'; set metrics: 'queue'");
  expect(() => newQueue(newStack()).metricSucceeded({ task })).toThrow(
    "Stack/Email: the consumer does not tell Succeeded of task 'send-welcome-email', for metrics is 'queue'; set metrics: 'task'",
  );
});
