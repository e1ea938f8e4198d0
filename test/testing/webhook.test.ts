import { createHmac } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { App, Stack } from 'aws-cdk-lib';
import { HttpApi, HttpMethod } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { TaskQueue, TaskWebhook, type WebhookSecret } from 'cdk-background-jobs';
import { runIdOfKey } from 'cdk-background-jobs/tasks';
import { type ManualTimeApp, startLocal } from 'cdk-background-jobs/testing';
import { expect, onTestFinished, test } from 'vitest';
import { remind } from './fixtures/tasks.ts';
import { START } from './start-shop.ts';

const BODY = '{"action":"opened","sender":{"login":"octocat"}}';

/** A webhook before the queue of `remind`, as it is synthesized, with its permissions. */
async function startShop(
  secretIn: (stack: Stack) => WebhookSecret,
  { functionUrl = true } = {},
): Promise<ManualTimeApp> {
  const outdir = await mkdtemp(join(tmpdir(), 'background-jobs-webhook-'));
  onTestFinished(() => rm(outdir, { recursive: true }));
  const app = new App({ outdir });
  const shop = new Stack(app, 'Shop');
  const reminders = new TaskQueue(shop, 'Reminders', {
    tasks: [remind],
    entry: 'test/testing/fixtures/webhook-consumer.ts',
  });
  const webhook = new TaskWebhook(shop, 'GitHub', {
    entry: 'test/testing/fixtures/webhook.ts',
    queues: [reminders],
    secret: secretIn(shop),
    functionUrl,
  });
  if (!functionUrl) {
    const integration = new HttpLambdaIntegration('GitHub', webhook.fn);
    new HttpApi(shop, 'Api').addRoutes({ path: '/github', methods: [HttpMethod.POST], integration });
  }
  const running = await startLocal({ app, startAt: START, time: 'manual' });
  onTestFinished(() => running.stop());
  return running;
}

/** @returns what is answered, and how */
async function deliver(
  app: ManualTimeApp,
  secret: string,
  id: string,
  { event = 'issues', body = BODY } = {},
) {
  const url = app.functionUrls[0]?.url ?? `${app.httpApis[0]?.url}github`;
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'X-GitHub-Event': event,
      'X-GitHub-Delivery': id,
      'X-Hub-Signature-256': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
    },
    body,
  });
  return [response.status, await response.text()];
}

test('a delivery becomes one run, however often it comes, by the secret that the template has made', async () => {
  // GIVEN
  const app = await startShop(shop => new Secret(shop, 'Secret', { secretName: 'github' }));
  const secrets = new SecretsManagerClient(app.clientConfig);
  onTestFinished(() => secrets.destroy());
  const { SecretString: secret = '' } = await secrets.send(new GetSecretValueCommand({ SecretId: 'github' }));

  // WHEN
  const answers = [
    await deliver(app, secret, 'd-1'),
    await deliver(app, secret, 'd-1'),
    await deliver(app, 'guessed', 'd-2'),
    await deliver(app, secret, 'd-3', { event: 'ping' }),
    await deliver(app, secret, 'd-4', { body: 'Hello, World!' }),
  ];
  await app.idle();

  // THEN
  expect(answers).toEqual([
    [202, ''],
    [202, ''],
    [401, ''],
    [204, ''],
    [400, ''],
  ]);
  const { runs } = await app.client.listRuns({ task: remind });
  expect(runs).toMatchObject([
    {
      runId: runIdOfKey('remind', 'Shop/GitHub d-1'),
      status: 'succeeded',
      result: { user: 'octocat', at: START.toISOString() },
    },
  ]);
  expect(app.alarms.map(({ notEvaluated }) => notEvaluated)).not.toContainEqual(expect.any(String));

  // WHEN: rotated, and a minute later the provider signs with the new one.
  await secrets.send(new PutSecretValueCommand({ SecretId: 'github', SecretString: 'rotated' }));
  await app.advance('1m');

  // THEN
  expect(await deliver(app, 'rotated', 'd-5')).toEqual([202, '']);
  expect(await deliver(app, secret, 'd-6')).toEqual([401, '']);
});

test('a secret in the Parameter Store is read with the function’s own permissions', async () => {
  const app = await startShop(shop =>
    StringParameter.fromSecureStringParameterAttributes(shop, 'Secret', { parameterName: '/github' }),
  );
  const ssm = new SSMClient(app.clientConfig);
  onTestFinished(() => ssm.destroy());

  // Without it nothing can be told, and the provider is to come again.
  expect(await deliver(app, 'hush', 'd-1')).toEqual([502, 'Internal Server Error']);
  await ssm.send(new PutParameterCommand({ Name: '/github', Type: 'SecureString', Value: 'hush' }));
  expect(await deliver(app, 'hush', 'd-1')).toEqual([202, '']);
});

test('a route of an HTTP API leads to a webhook, too', async () => {
  const app = await startShop(shop => new Secret(shop, 'Secret', { secretName: 'github' }), {
    functionUrl: false,
  });
  const secrets = new SecretsManagerClient(app.clientConfig);
  onTestFinished(() => secrets.destroy());
  const { SecretString: secret = '' } = await secrets.send(new GetSecretValueCommand({ SecretId: 'github' }));

  const answers = [await deliver(app, secret, 'd-1'), await deliver(app, 'guessed', 'd-2')];
  await app.idle();

  expect(answers).toEqual([
    [202, ''],
    [401, ''],
  ]);
  expect((await app.client.listRuns({ task: remind })).runs).toMatchObject([{ status: 'succeeded' }]);
});
