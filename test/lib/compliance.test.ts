import { type App, Duration, Stack, Validations } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { EventBus } from 'aws-cdk-lib/aws-events';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import * as sns from 'aws-cdk-lib/aws-sns';
import {
  CURRENTLY_RECOMMENDED_FLAGS,
  STRICT_CFN_VALIDATE_ERRORS,
  VALIDATE_AGAINST_DEFAULT_RULES,
} from 'aws-cdk-lib/cx-api';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import type { IConstruct } from 'constructs';
import { afterEach, expect, test, vi } from 'vitest';
import {
  ExportWorkflow,
  PayloadBucket,
  TaskEventTrigger,
  type TaskQueue,
  TaskSchedule,
  TaskWebhook,
  TaskWorkflow,
} from '../../lib/index.ts';
import { PATTERN_EXCEPTIONS, WILDCARD_EXCEPTIONS } from '../../lib/wildcard-exceptions.ts';
import { exportOrders } from '../export/export-orders.ts';
import { remind } from '../workflow/fixtures/workflows.ts';
import { newApp, newQueue, newTask } from './stack.ts';

afterEach(() => vi.unstubAllEnvs());

interface FullStack {
  readonly stack: Stack;
  readonly workflows: readonly TaskWorkflow[];
  readonly files: ExportWorkflow;
  readonly webhook: TaskWebhook;
  readonly payloadBucket: PayloadBucket;
  readonly queues: readonly TaskQueue[];
  readonly deadLetterQueues: readonly IConstruct[];
}

/**
 * A standard queue by default and a FIFO queue with every protection, both granted to a server, both with alarms,
 * schedules and event triggers.
 */
function fullStack(app: App): FullStack {
  const stack = new Stack(app, 'Stack');
  const key = new kms.Key(stack, 'Key', { enableKeyRotation: true });
  const topic = new sns.Topic(stack, 'Ops', { enforceSSL: true, masterKey: key });
  const server = new iam.Role(stack, 'Server', {
    assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com'),
  });
  const payloadBucket = new PayloadBucket(stack, 'Payloads', { encryptionKey: key });
  const email = newQueue(stack, 'Email');
  const orders = newQueue(stack, 'Orders', {
    tasks: [newTask({ name: 'ship-order' })],
    fifo: true,
    queueName: 'orders.fifo',
    encryptionKey: key,
    tracing: lambda.Tracing.ACTIVE,
    maxConcurrency: 5,
    payloadBucket,
  });
  const queues = [email, orders];
  for (const queue of queues) {
    queue.alarms.notify(topic);
    queue.grantManage(server);
  }
  email.grantSchedule(orders.consumer);
  const schedule = ScheduleExpression.rate(Duration.hours(1));
  const schedules = [
    new TaskSchedule(stack, 'Digest', { task: newTask(), queue: email, payload: {}, schedule }),
    new TaskSchedule(stack, 'Ship', {
      task: newTask({ name: 'ship-order' }),
      queue: orders,
      payload: {},
      schedule,
      groupKey: 'all',
      overlap: 'skip',
    }),
  ];
  const eventPattern = { source: ['shop'] };
  const triggers = [
    new TaskEventTrigger(stack, 'Ordered', {
      task: newTask(),
      queue: email,
      eventPattern,
      eventBus: new EventBus(stack, 'Bus', { eventBusName: 'shop' }),
      payload: () => ({}),
    }),
    new TaskEventTrigger(stack, 'Shipped', {
      task: newTask({ name: 'ship-order' }),
      queue: orders,
      eventPattern,
      payload: () => ({}),
      groupKey: 'all',
    }),
  ];
  const workflow = new TaskWorkflow(stack, 'Remind', {
    workflow: remind,
    entry: 'test/lib/fixtures/consumer.ts',
  });
  const files = new ExportWorkflow(stack, 'Files', {
    definition: exportOrders,
    entry: 'test/lib/fixtures/consumer.ts',
    encryptionKey: key,
    topic,
  });
  files.grantDownload(server);
  const workflows = [workflow, files.workflow];
  for (const each of workflows) {
    each.alarms.notify(topic);
    each.grantManage(server);
  }
  const webhook = new TaskWebhook(stack, 'GitHub', {
    entry: 'test/lib/fixtures/consumer.ts',
    queues,
    secret: new Secret(stack, 'GitHubSecret', { encryptionKey: key }),
  });
  webhook.alarms.notify(topic);
  return {
    stack,
    queues,
    webhook,
    workflows,
    files,
    payloadBucket,
    deadLetterQueues: [
      ...[...queues, ...schedules, ...triggers].map(({ deadLetterQueue }) => deadLetterQueue),
      email.node.findChild('SendLater'),
    ],
  };
}

/** What remains of the packs' findings, and why it is right so. */
function acknowledgeFindings({
  stack,
  queues: [email, orders],
  deadLetterQueues,
  webhook,
  workflows,
  files,
  payloadBucket,
}: FullStack): void {
  Validations.of(webhook.fn).acknowledge(
    {
      id: 'Serverless-LambdaDLQ',
      reason: 'Of asynchronous invocations only. What fails is answered 5xx, for the provider to send again.',
    },
    { id: 'Serverless-LambdaTracing', reason: 'Tracing has a price and is the prop `tracing`.' },
  );
  Validations.of(stack).acknowledge({
    id: 'AwsSolutions-SMG4',
    reason: 'A signing secret changes at the provider first: nothing of AWS can rotate it.',
  });
  for (const workflow of workflows) {
    Validations.of(workflow).acknowledge(
      { id: 'AwsSolutions-SQS3', reason: 'It is a dead-letter queue itself.' },
      { id: 'Serverless-SQSRedrivePolicy', reason: 'It is a dead-letter queue itself.' },
      {
        id: 'AwsSolutions-IAM5[Resource::*]',
        reason: 'X-Ray and log delivery have no resource types (WILDCARD_EXCEPTIONS).',
      },
    );
    Validations.of(workflow.fn).acknowledge({
      id: 'Serverless-LambdaDLQ',
      reason: 'What it fails to handle goes to its asynchronous invocations’ failure destination.',
    });
  }
  Validations.of(files).acknowledge({
    id: 'AwsSolutions-S1',
    reason:
      'Access logs are the account’s to decide: the function and whom `grantDownload` names have access.',
  });
  for (const deadLetterQueue of deadLetterQueues) {
    Validations.of(deadLetterQueue).acknowledge(
      { id: 'Serverless-SQSRedrivePolicy', reason: 'It is a dead-letter queue itself.' },
      { id: 'AwsSolutions-SQS3', reason: 'It is a dead-letter queue itself.' },
    );
  }
  for (const queue of [email, orders]) {
    if (queue === undefined) continue;
    Validations.of(queue.consumer).acknowledge(
      {
        id: 'Serverless-LambdaDLQ',
        reason: 'Of asynchronous invocations only. The event source invokes this function synchronously.',
      },
      {
        id: 'Serverless-LambdaEventSourceMappingDestination',
        reason: 'Of streams only. What SQS cannot deliver goes to the queue’s dead-letter queue.',
      },
    );
  }
  if (email) {
    Validations.of(email.consumer).acknowledge({
      id: 'Serverless-LambdaTracing',
      reason: 'Tracing has a price and is the prop `tracing`.',
    });
  }
  for (const machine of ['Remind-A694FBA3', 'Files-Workflow-DD0441FE']) {
    Validations.of(stack).acknowledge({
      id: `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:execution:Stack-${machine}:*]`,
      reason: 'Executions of one state machine (PATTERN_EXCEPTIONS).',
    });
  }
  for (const prefix of ['exports', 'exports-in-progress']) {
    Validations.of(stack).acknowledge({
      id: `AwsSolutions-IAM5[Resource::<FilesBucket7C17EE2E.Arn>/${prefix}/orders/*]`,
      reason: 'What the runs of one export have in its bucket (PATTERN_EXCEPTIONS).',
    });
  }
  Validations.of(stack).acknowledge({
    id: 'AwsSolutions-IAM5[Resource::<PayloadsBucket1715615A.Arn>/<OrdersQueueC538DD4C.QueueName>/*]',
    reason: 'What the runs of one queue have in the bucket (PATTERN_EXCEPTIONS).',
  });
  Validations.of(stack).acknowledge(
    {
      id: 'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:scheduler:<AWS::Region>:<AWS::AccountId>:schedule/<EmailSendLaterDeliveryGroup1358D1DC>/*]',
      reason: 'Schedules of one group, which are named at run time (PATTERN_EXCEPTIONS).',
    },
    {
      id: 'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:scheduler:<AWS::Region>:<AWS::AccountId>:schedule/*/*]',
      reason: 'ListSchedules has no resource types (WILDCARD_EXCEPTIONS).',
    },
  );
  Validations.of(payloadBucket).acknowledge({
    id: 'AwsSolutions-S1',
    reason:
      'Access logs are the account’s to decide: producers and the consumer are the only ones with access.',
  });
  if (orders) {
    Validations.of(orders).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason: 'X-Ray’s two actions have no resource types (WILDCARD_EXCEPTIONS).',
    });
  }
}

test.each([
  ['AwsSolutions', AwsSolutionsChecks],
  ['Serverless', ServerlessChecks],
])('cdk-nag’s %s pack finds nothing but what is acknowledged', (_name, Pack) => {
  const app = newApp();
  acknowledgeFindings(fullStack(app));
  const pack = new Pack(app);
  Validations.of(app).addPlugins(pack);

  expect(() => app.synth()).not.toThrow();
  expect(pack.validateScope(app).violations).toEqual([]);
});

test('CDK’s own template validation finds nothing, with all recommended feature flags on', () => {
  vi.stubEnv('CDK_VALIDATION', undefined);
  const app = newApp({
    context: {
      ...CURRENTLY_RECOMMENDED_FLAGS,
      [VALIDATE_AGAINST_DEFAULT_RULES]: true,
      [STRICT_CFN_VALIDATE_ERRORS]: true,
    },
  });
  fullStack(app);

  expect(() => app.synth()).not.toThrow();
}, 60_000);

interface Statement {
  readonly Effect: string;
  readonly Action: string | string[];
  readonly Resource: unknown;
}

test('no statement allows a wildcard, but for the actions that have no resource types', () => {
  const resources = Object.values(Template.fromStack(fullStack(newApp()).stack).toJSON().Resources) as {
    Type: string;
    Properties: object;
  }[];
  const statements = resources
    // In a key's own policy `*` is the key.
    .filter(({ Type }) => Type !== 'AWS::KMS::Key')
    .flatMap(({ Properties }) => statementsIn(Properties))
    .filter(({ Effect }) => Effect === 'Allow');
  const wild = statements.filter(
    ({ Action, Resource }) =>
      [Action].flat().some(action => action.includes('*')) || resourcesOf(Resource).some(isWild),
  );

  expect(statements.length).toBeGreaterThan(10);
  expect([...new Set(wild.flatMap(({ Action }) => Action))].sort()).toEqual(WILDCARD_EXCEPTIONS);
});

/** Each as one text, whatever CloudFormation fills in. */
function resourcesOf(resource: unknown): string[] {
  // A queue's or a topic's own policy may go without.
  if (resource === undefined) return [];
  if (Array.isArray(resource)) return resource.flatMap(resourcesOf);
  return [JSON.stringify(resource).replaceAll(/"\]\]\}$|^"|"$/g, '')];
}

function isWild(resource: string): boolean {
  return resource.includes('*') && !PATTERN_EXCEPTIONS.some(pattern => pattern.test(resource));
}

function statementsIn(value: unknown): Statement[] {
  if (typeof value !== 'object' || value === null) return [];
  const here = 'Effect' in value && 'Action' in value ? [value as Statement] : [];
  return [...here, ...Object.values(value).flatMap(statementsIn)];
}
