import { createHmac } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { standardWebhooksSignature } from 'cdk-background-jobs/lambda';
import { runIdOfKey } from 'cdk-background-jobs/tasks';
import { type ManualTimeApp, startLocal } from 'cdk-background-jobs/testing';
import { expect, onTestFinished, test } from 'vitest';
import { WebhooksStack } from '../../examples/webhooks/stack.ts';
import { announceIssue, deliverWebhook } from '../../examples/webhooks/tasks.ts';
import { serve } from '../serve.ts';
import { synthesizedForAllTests } from '../synthesized.ts';

const START = new Date('2030-01-01T09:00:00Z');
const SIGNING_SECRET = Buffer.alloc(24, 7).toString('base64');

const assembly = synthesizedForAllTests(app => new WebhooksStack(app, 'Webhooks'));

interface Received {
  readonly id: string | undefined;
  readonly at: string;
  readonly verified: true | string;
  readonly event: unknown;
}

/** Receives deliveries, verifies them as any receiver would, and answers what it is told to. */
async function startReceiver(now: () => Date) {
  const receiver = {
    status: 200,
    headers: {} as Record<string, string>,
    received: [] as Received[],
    url: '',
  };
  const signature = standardWebhooksSignature();
  const url = await serve(async (request, response) => {
    const rawBody = await buffer(request);
    const headers = request.headers as Record<string, string>;
    receiver.received.push({
      id: headers['webhook-id'],
      at: now().toISOString(),
      verified: await signature.verify({ headers, rawBody, receivedAt: now() }, `whsec_${SIGNING_SECRET}`),
      event: JSON.parse(rawBody.toString()),
    });
    response.writeHead(receiver.status, receiver.headers).end();
  });
  receiver.url = `${url}/hooks`;
  return receiver;
}

async function startWebhooks() {
  let now = () => START;
  const first = await startReceiver(() => now());
  const second = await startReceiver(() => now());
  const app = await startLocal({
    app: assembly(),
    time: 'manual',
    startAt: START,
    parameters: { Endpoints: `${first.url},${second.url}` },
  });
  onTestFinished(() => app.stop());
  now = () => app.now();
  const secrets = new SecretsManagerClient(app.clientConfig);
  onTestFinished(() => secrets.destroy());
  const { SigningSecretArn, GitHubSecretArn } = app.outputs.Webhooks ?? {};
  await secrets.send(new PutSecretValueCommand({ SecretId: SigningSecretArn, SecretString: SIGNING_SECRET }));
  const { SecretString: secret = '' } = await secrets.send(
    new GetSecretValueCommand({ SecretId: GitHubSecretArn }),
  );
  return { app, first, second, deliver: (options: Delivery) => deliver(app, secret, options) };
}

interface Delivery {
  readonly id?: string;
  readonly event?: string;
  readonly payload: object;
}

/** As GitHub delivers. https://docs.github.com/en/webhooks/webhook-events-and-payloads#delivery-headers */
async function deliver(
  app: ManualTimeApp,
  secret: string,
  { id = 'd-1', event = 'issues', payload }: Delivery,
) {
  const body = JSON.stringify(payload);
  const response = await fetch(app.outputs.Webhooks?.GitHubWebhookUrl ?? '', {
    method: 'POST',
    headers: {
      'User-Agent': 'GitHub-Hookshot/044aadd',
      'Content-Type': 'application/json',
      'X-GitHub-Hook-ID': '292430182',
      'X-GitHub-Event': event,
      'X-GitHub-Delivery': id,
      'X-GitHub-Hook-Installation-Target-ID': '79929171',
      'X-GitHub-Hook-Installation-Target-Type': 'repository',
      'X-Hub-Signature-256': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
    },
    body,
  });
  return response.status;
}

/** In the form that is documented at https://docs.github.com/en/webhooks/webhook-events-and-payloads?actionType=opened#issues */
function issueEvent(action: string) {
  const user = { login: 'mona', id: 2, type: 'User', site_admin: false };
  return {
    action,
    issue: {
      url: 'https://api.github.com/repos/octo/hello/issues/7',
      html_url: 'https://github.com/octo/hello/issues/7',
      id: 444_500_041,
      number: 7,
      title: 'Spelling error in the README',
      user,
      labels: [],
      state: 'open',
      assignee: null,
      comments: 0,
      created_at: '2030-01-01T08:59:58Z',
      body: 'It says “recieve”.',
    },
    repository: { id: 186_853_002, name: 'hello', full_name: 'octo/hello', private: false, owner: user },
    sender: user,
  };
}

const EVENT = {
  type: 'issue.opened',
  data: { repository: 'octo/hello', number: 7, title: 'Spelling error in the README', author: 'mona' },
};

test('an issue that was opened is announced to each endpoint once, however often GitHub delivers it', async () => {
  // GIVEN
  const { app, first, second, deliver } = await startWebhooks();

  // WHEN
  const statuses = [
    await deliver({ event: 'ping', payload: { zen: 'Keep it logically awesome.', hook_id: 292_430_182 } }),
    await deliver({ payload: issueEvent('opened') }),
    await deliver({ payload: issueEvent('opened') }),
    await deliver({ id: 'd-2', payload: issueEvent('opened') }),
    await deliver({ id: 'd-3', payload: issueEvent('closed') }),
  ];
  await app.idle();

  // THEN
  expect(statuses).toEqual([204, 202, 202, 202, 204]);
  const runId = runIdOfKey('announce-issue', 'octo/hello#7');
  expect(await app.client.getRun(runId)).toMatchObject({ status: 'succeeded', result: { deliveries: 2 } });
  expect((await app.client.listRuns({ task: announceIssue })).runs).toHaveLength(1);
  for (const { received } of [first, second]) {
    expect(received).toEqual([
      { id: expect.stringMatching(/^\S+$/), at: START.toISOString(), verified: true, event: EVENT },
    ]);
  }
});

test('an endpoint that is down gets its delivery later, with one id and signed anew, and keeps no other waiting', async () => {
  const { app, first, second, deliver } = await startWebhooks();
  first.status = 500;
  await deliver({ payload: issueEvent('opened') });
  await app.idle();
  expect(second.received).toHaveLength(1);

  await app.advance('7m');
  first.status = 204;
  await app.advance('1d');

  const { received } = first;
  expect(received.length).toBeGreaterThan(2);
  expect(new Set(received.map(({ id }) => id)).size).toBe(1);
  expect(new Set(received.map(({ at }) => at)).size).toBe(received.length);
  expect(received.map(({ verified }) => verified)).not.toContainEqual(expect.any(String));
  expect(second.received).toHaveLength(1);
});

test('an endpoint that says when is asked then', async () => {
  const { app, first, deliver } = await startWebhooks();
  Object.assign(first, { status: 503, headers: { 'retry-after': '600' } });
  await deliver({ payload: issueEvent('opened') });
  await app.idle();
  first.status = 200;
  await app.advance('10m');
  expect(first.received.map(({ at }) => at)).toEqual([
    '2030-01-01T09:00:00.000Z',
    '2030-01-01T09:10:00.000Z',
  ]);
});

test.each([
  { status: 500, attempts: 7, days: '3d', why: 'after seven attempts' },
  { status: 410, attempts: 1, days: '0s', why: 'at once when the endpoint is gone' },
  { status: 302, attempts: 7, days: '3d', why: 'when it only redirects, which is not followed' },
] as const)('a delivery that is not taken becomes a dead letter $why', async ({ status, attempts, days }) => {
  const { app, first, deliver } = await startWebhooks();
  Object.assign(first, { status, headers: { location: 'http://169.254.169.254/' } });
  await deliver({ payload: issueEvent('opened') });
  await app.idle();
  await app.advance(days);

  expect(first.received).toHaveLength(attempts);
  expect((await app.client.listDeadLetters({ task: deliverWebhook })).runs).toMatchObject([
    { attempt: attempts, error: { message: `${first.url} answered ${status}` } },
  ]);
});
