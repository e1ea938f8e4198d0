import { Duration } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as sns from 'aws-cdk-lib/aws-sns';
import { expect, test } from 'vitest';
import { defineExport } from '../../../contract/export/define-export.ts';
import { ExportWorkflow, type ExportWorkflowProps } from '../../../lib/index.ts';
import { parseDefinition } from '../../../local/step-functions/definition/parse-definition.ts';
import { exportOrders as orders, request } from '../../export/export-orders.ts';
import { synthesizedDefinition } from '../../workflow/start-workflows.ts';
import { allowed, newFunction, newStack, statementsOf } from '../stack.ts';

const ENTRY = 'test/lib/fixtures/consumer.ts';

function newExport(props: Partial<ExportWorkflowProps> = {}) {
  const stack = newStack();
  return {
    stack,
    orders: new ExportWorkflow(stack, 'Orders', { definition: orders, entry: ENTRY, ...props }),
  };
}

test('the bucket is closed, encrypted, TLS only, and removes what is old or half-made', () => {
  const template = Template.fromStack(newExport().stack);
  template.hasResource('AWS::S3::Bucket', {
    DeletionPolicy: 'Retain',
    Properties: {
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      BucketEncryption: Match.anyValue(),
      LifecycleConfiguration: {
        Rules: [
          { Prefix: 'exports/', ExpirationInDays: 30, Status: 'Enabled' },
          { Prefix: 'exports-in-progress/', ExpirationInDays: 2, Status: 'Enabled' },
          { AbortIncompleteMultipartUpload: { DaysAfterInitiation: 2 }, Status: 'Enabled' },
        ],
      },
    },
  });
  template.hasResourceProperties('AWS::S3::BucketPolicy', {
    PolicyDocument: {
      Statement: Match.arrayWith([
        Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
      ]),
    },
  });
});

test('the function may write the files of its export, and nothing of another', () => {
  const template = Template.fromStack(newExport().stack);
  expect(
    allowed(statementsOf(template, 'OrdersWorkflowStepsRole')).filter(line => line.startsWith('s3')),
  ).toEqual([
    's3:GetObject s3:PutObject s3:DeleteObject on OrdersBucket/exports-in-progress/orders/*',
    's3:ListBucket s3:ListBucketMultipartUploads on OrdersBucket',
    's3:PutObject s3:GetObject s3:AbortMultipartUpload s3:ListMultipartUploadParts on OrdersBucket/exports/orders/*',
  ]);
});

test('with partitions it may remove files, too: those of some, when others fail', () => {
  const definition = defineExport({ name: 'orders', request, partitions: {} });
  const template = Template.fromStack(newExport({ definition }).stack);
  expect(allowed(statementsOf(template, 'OrdersWorkflowStepsRole'))).toContainEqual(
    's3:DeleteObject on OrdersBucket/exports/orders/*',
  );
  expect(() => parseDefinition(synthesizedDefinition(definition, {}))).not.toThrow();
});

test.each([1, 7])('a concurrency of %i is how many partitions are written at once', concurrency => {
  const definition = defineExport({ name: 'orders', request, partitions: { concurrency } });
  expect(JSON.parse(synthesizedDefinition(definition, {})).States.Map.MaxConcurrency).toBe(concurrency);
});

test.each([
  [undefined, 1800],
  ['90m', 5400],
] as const)('an export with the timeout %s may take %i seconds', (timeout, seconds) => {
  const definition = defineExport({ name: 'orders', request, ...(timeout && { timeout }) });
  expect(JSON.parse(synthesizedDefinition(definition, {})).TimeoutSeconds).toBe(seconds);
});

test('alarms are those of its workflow', () => {
  const { stack } = newExport();
  const template = Template.fromStack(stack);
  const [machine] = Object.keys(template.findResources('AWS::StepFunctions::StateMachine'));
  for (const MetricName of ['ExecutionsFailed', 'ExecutionsTimedOut', 'ExecutionThrottled']) {
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      MetricName,
      Threshold: 0,
      ComparisonOperator: 'GreaterThanThreshold',
      Dimensions: [{ Name: 'StateMachineArn', Value: { Ref: machine } }],
    });
  }
});

test('grantDownload lets a function read runs and files', () => {
  const { stack, orders } = newExport();
  orders.grantDownload(newFunction(stack));
  const lines = allowed(statementsOf(Template.fromStack(stack), 'ApiServiceRole'));
  expect(lines).toContainEqual('s3:GetObject on OrdersBucket/exports/orders/*');
  expect(lines).toContainEqual(expect.stringContaining('dynamodb:GetItem'));
});

test('the function lives as long as it writes in one turn, and knows its bucket', () => {
  Template.fromStack(newExport().stack).hasResourceProperties('AWS::Lambda::Function', {
    Timeout: 843,
    MemorySize: 1024,
    Environment: {
      Variables: { BACKGROUND_JOBS_EXPORT_BUCKET: { Ref: Match.stringLikeRegexp('^OrdersBucket') } },
    },
  });
});

test('an existing bucket is used as it is', () => {
  const stack = newStack();
  const bucket = new s3.Bucket(stack, 'Mine');
  new ExportWorkflow(stack, 'Orders', { definition: orders, entry: ENTRY, bucket });
  Template.fromStack(stack).resourceCountIs('AWS::S3::Bucket', 1);
});

test('fails on an expiration of an existing bucket', () => {
  const stack = newStack();
  const bucket = new s3.Bucket(stack, 'Mine');
  expect(
    () =>
      new ExportWorkflow(stack, 'Orders', {
        definition: orders,
        entry: ENTRY,
        bucket,
        expiration: Duration.days(1),
      }),
  ).toThrow(
    'Stack/Orders: expiration must not be given with an existing bucket; set it on Stack/Mine itself',
  );
});

test('a topic is told of each file by the state machine', () => {
  const stack = newStack();
  const topic = new sns.Topic(stack, 'Ready');
  new ExportWorkflow(stack, 'Orders', { definition: orders, entry: ENTRY, topic });
  const template = Template.fromStack(stack);
  expect(allowed(statementsOf(template, 'OrdersWorkflowMachineRole'))).toContainEqual(
    expect.stringContaining('sns:Publish on "Ready'),
  );
  const [machine] = Object.values(template.findResources('AWS::StepFunctions::StateMachine'));
  const definition = JSON.stringify(machine?.Properties.DefinitionString).replaceAll('\\"', '"');
  const [, state = ''] = /"Tell the topic":(.*)/.exec(definition) ?? [];
  // A moment's throttle does not fail an export whose file is complete.
  expect(state).toContain('"Retry":[{"ErrorEquals":["States.ALL"],"IntervalSeconds":1,"MaxAttempts":5');
  expect(state).toContain('"TimeoutSeconds":60');
});

test('a FIFO topic is refused', () => {
  const stack = newStack();
  const topic = new sns.Topic(stack, 'Ready', { fifo: true });
  expect(() => new ExportWorkflow(stack, 'Orders', { definition: orders, entry: ENTRY, topic })).toThrow(
    'Stack/Orders: topic must be a standard topic, Stack/Ready is a FIFO one',
  );
});

test('the state machine runs on the local engine', () => {
  expect(() => parseDefinition(synthesizedDefinition(orders, {}))).not.toThrow();
});
