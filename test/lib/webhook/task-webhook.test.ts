import { CfnOutput, Duration, RemovalPolicy, type Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { HttpApi, HttpMethod } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import * as sns from 'aws-cdk-lib/aws-sns';
import * as ssm from 'aws-cdk-lib/aws-ssm';
import { expect, test } from 'vitest';
import { TaskWebhook, type TaskWebhookProps } from '../../../lib/index.ts';
import { allowed, newQueue, newStack, newTask, queuesOf, statementsOf } from '../stack.ts';

const ENTRY = 'test/lib/fixtures/consumer.ts';

function newWebhook(stack: Stack, props: Partial<TaskWebhookProps> = {}): TaskWebhook {
  return new TaskWebhook(stack, 'GitHub', {
    entry: ENTRY,
    queues: props.queues ?? [newQueue(stack)],
    secret: props.secret ?? new secretsmanager.Secret(stack, 'Secret'),
    ...props,
  });
}

function synthesize(define: (stack: Stack) => Partial<TaskWebhookProps> = () => ({})): Template {
  const stack = newStack();
  newWebhook(stack, define(stack));
  return Template.fromStack(stack);
}

function functionIn(template: Template) {
  const [, fn] =
    Object.entries(template.findResources('AWS::Lambda::Function')).find(([id]) => id.startsWith('GitHub')) ??
    [];
  return fn?.Properties;
}

/** What the function is told of itself, with each reference as `<logical id>`. */
function configIn(template: Template): unknown {
  const value = functionIn(template).Environment.Variables.BACKGROUND_JOBS_WEBHOOK;
  if (typeof value === 'string') return JSON.parse(value);
  const parts = value['Fn::Join'][1].map((part: string | { Ref: string }) =>
    typeof part === 'string' ? part : `<${part.Ref.replace(/[0-9A-F]{8}$/, '')}>`,
  );
  return JSON.parse(parts.join(''));
}

test('a webhook is a function with a public URL, which has ten seconds to answer', () => {
  const template = synthesize();

  expect(functionIn(template)).toMatchObject({ Runtime: 'nodejs24.x', Timeout: 10, MemorySize: 256 });
  template.hasResourceProperties('AWS::Lambda::Url', { AuthType: 'NONE' });
  for (const Action of ['lambda:InvokeFunctionUrl', 'lambda:InvokeFunction']) {
    template.hasResourceProperties('AWS::Lambda::Permission', { Action, Principal: '*' });
  }
});

test('the function may send to its queues and read its secret, and nothing else', () => {
  const template = synthesize(stack => ({
    queues: [newQueue(stack), newQueue(stack, 'Issues', { tasks: [newTask({ name: 'triage' })] })],
  }));

  expect(allowed(statementsOf(template, 'GitHubFunctionRole'))).toEqual([
    'dynamodb:PutItem on EmailRunsTable',
    'dynamodb:PutItem on IssuesRunsTable',
    expect.stringMatching(/^secretsmanager:GetSecretValue on "Secret/),
    'sqs:SendMessage on EmailQueue',
    'sqs:SendMessage on IssuesQueue',
  ]);
  expect(queuesOf(template, 'GitHub')).toMatchObject([
    { tasks: ['send-welcome-email'] },
    { tasks: ['triage'] },
  ]);
});

test('the function is told where the secret lies, and never the secret', () => {
  const template = synthesize(stack => ({
    secret: new secretsmanager.Secret(stack, 'Secret'),
    secretField: 'github',
  }));

  expect(configIn(template)).toEqual({
    name: 'Stack/GitHub',
    secret: { secret: '<Secret>', field: 'github' },
  });
  expect(JSON.stringify(template.toJSON())).not.toContain('resolve:secretsmanager');
});

test('a secret of another stack is read by its name', () => {
  const template = synthesize(stack => ({
    secret: secretsmanager.Secret.fromSecretNameV2(stack, 'Secret', 'github/webhook'),
  }));

  expect(allowed(statementsOf(template, 'GitHubFunctionRole'))).toContainEqual(
    expect.stringMatching(/^secretsmanager:GetSecretValue on .*secret:github\/webhook-\?{6}$/),
  );
});

test('an encrypted secret is decrypted with its key', () => {
  const template = synthesize(stack => ({
    secret: new secretsmanager.Secret(stack, 'Secret', { encryptionKey: new kms.Key(stack, 'Key') }),
  }));

  expect(allowed(statementsOf(template, 'GitHubFunctionRole'))).toContain('kms:Decrypt on Key');
});

test('a parameter is read without its history, and decrypted with its key', () => {
  const template = synthesize(stack => ({
    secret: ssm.StringParameter.fromSecureStringParameterAttributes(stack, 'Secret', {
      parameterName: '/github/webhook',
      encryptionKey: new kms.Key(stack, 'Key', { removalPolicy: RemovalPolicy.DESTROY }),
    }),
  }));

  expect(configIn(template)).toEqual({ name: 'Stack/GitHub', secret: { parameter: '/github/webhook' } });
  const statements = allowed(statementsOf(template, 'GitHubFunctionRole'));
  expect(statements.filter(statement => statement.startsWith('ssm:'))).toEqual([
    expect.stringMatching(/^ssm:GetParameter on .*:parameter\/github\/webhook$/),
  ]);
  expect(statements).toContain('kms:Decrypt on Key');
});

test('without a URL of its own the function is the integration of a route of one’s API', () => {
  const stack = newStack();
  const { fn, url, alarms } = newWebhook(stack, { functionUrl: false });
  new HttpApi(stack, 'Api').addRoutes({
    path: '/github',
    methods: [HttpMethod.POST],
    integration: new HttpLambdaIntegration('GitHub', fn),
  });
  const template = Template.fromStack(stack);

  expect([url, alarms.refused]).toEqual([undefined, undefined]);
  template.resourceCountIs('AWS::Lambda::Url', 0);
  template.hasResourceProperties('AWS::ApiGatewayV2::Integration', { PayloadFormatVersion: '2.0' });
});

test('its alarms tell of deliveries that failed, were throttled, or were refused', () => {
  const stack = newStack();
  const webhook = newWebhook(stack);
  webhook.alarms.notify(new sns.Topic(stack, 'Ops'));
  new CfnOutput(stack, 'Url', { value: webhook.url ?? '' });
  const template = Template.fromStack(stack);

  for (const MetricName of ['Errors', 'Throttles', 'Url4xxCount']) {
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      MetricName,
      Namespace: 'AWS/Lambda',
      Statistic: 'Sum',
      Period: Duration.minutes(5).toSeconds(),
      Threshold: 0,
      Dimensions: [{ Name: 'FunctionName', Value: { Ref: Match.stringLikeRegexp('^GitHubFunction') } }],
      AlarmDescription: Match.stringLikeRegexp('Stack/GitHub'),
      AlarmActions: [{ Ref: Match.stringLikeRegexp('^Ops') }],
    });
  }
});

test('alarms that notify nobody are warned of', () => {
  const stack = newStack();
  newWebhook(stack);
  Annotations.fromStack(stack).hasWarning('/Stack/GitHub/Alarms', Match.stringLikeRegexp('notify somebody'));
});

test('every option arrives in the function', () => {
  const fn = functionIn(
    synthesize(() => ({
      handler: 'github',
      memorySize: 512,
      reservedConcurrentExecutions: 5,
      environment: { STAGE: 'test' },
    })),
  );

  expect(fn).toMatchObject({
    Handler: 'index.github',
    MemorySize: 512,
    ReservedConcurrentExecutions: 5,
    Environment: { Variables: { STAGE: 'test' } },
  });
});

test.each<{ what: string; props: Partial<TaskWebhookProps>; message: string }>([
  { what: 'no queue', props: { queues: [] }, message: 'queues must name at least one task queue, got []' },
  {
    what: 'an empty field',
    props: { secretField: '' },
    message: "secretField must name a field of the secret's JSON, got ''",
  },
  {
    what: 'the construct’s own variable',
    props: { environment: { BACKGROUND_JOBS_WEBHOOK: '{}' } },
    message: 'environment must not have BACKGROUND_JOBS_WEBHOOK',
  },
  { what: 'an entry that is not there', props: { entry: 'none.ts' }, message: "got 'none.ts'" },
])('fails with $what', ({ props, message }) => {
  expect(() => newWebhook(newStack(), props)).toThrow(message);
});

test('fails with a field of a parameter', () => {
  const stack = newStack();
  const secret = new ssm.StringParameter(stack, 'Secret', { stringValue: 'x' });
  expect(() => newWebhook(stack, { secret, secretField: 'github' })).toThrow(
    "Stack/GitHub: secretField must not be given with a parameter, which has no fields, got 'github'",
  );
});
