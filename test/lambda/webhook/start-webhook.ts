import { createHmac } from 'node:crypto';
import { PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SSMClient } from '@aws-sdk/client-ssm';
import { onTestFinished } from 'vitest';
import type { SecretPlace } from '../../../contract/webhook-environment.ts';
import {
  createWebhook,
  forward,
  githubSignature,
  type WebhookEvent,
  type WebhookOptions,
  type WebhookRoute,
  type WebhookSignature,
} from '../../../lambda/index.ts';
import type { LogLine } from '../../../lambda/log.ts';
import { openFrontDoor } from '../../../local/front-door/front-door.ts';
import { createSecretsManagerService } from '../../../local/secrets-manager/secrets-manager-service.ts';
import { createSsmService } from '../../../local/ssm/ssm-service.ts';
import { greet, record, startCloud } from '../../client/cloud-fixture.ts';

export const SECRET = "It's a Secret to Everybody";
const SECRET_NAME = 'github';

/** What a signed body says: whom to greet. */
export const greetRoute = forward(greet, ({ body }) => ({ name: (body as { name: string }).name }));

export interface StartOptions {
  readonly signature?: WebhookSignature;
  readonly routes?: readonly WebhookRoute[];
  readonly place?: SecretPlace;
  readonly secret?: string;
  readonly options?: Partial<WebhookOptions>;
}

/** A webhook over the local SQS, DynamoDB, Secrets Manager and Parameter Store, and a queue for `greet`. */
export async function startWebhook({
  signature = githubSignature(),
  routes = [greetRoute],
  place = { secret: SECRET_NAME },
  secret = SECRET,
  options = {},
}: StartOptions = {}) {
  const cloud = await startCloud();
  const { clock } = cloud;
  const door = await openFrontDoor({ port: 0 });
  const location = { region: 'eu-west-1', accountId: '123456789012', endpoint: door.endpoint };
  const secretsService = createSecretsManagerService({ clock, location });
  const ssmService = createSsmService({ clock, location });
  door.add(secretsService);
  door.add(ssmService);
  const connection = {
    endpoint: door.endpoint,
    region: location.region,
    credentials: { accessKeyId: 'AKIATEST', secretAccessKey: 'secret' },
    maxAttempts: 1,
  };
  const secretsManager = new SecretsManagerClient(connection);
  const ssm = new SSMClient(connection);
  onTestFinished(async () => {
    secretsManager.destroy();
    ssm.destroy();
    await door.stop();
  });
  secretsService.createSecret(SECRET_NAME, { string: secret });
  ssmService.createParameter('/github/secret', 'String', secret);

  const queue = cloud.queue();
  const log: LogLine[] = [];
  const handler = createWebhook(signature, routes, {
    webhook: { name: 'Shop/GitHub', secret: place },
    queues: [queue],
    sqs: cloud.sqs,
    dynamodb: cloud.dynamodb,
    clock,
    secretsManager,
    ssm,
    log: line => log.push(line),
    ...options,
  });
  return {
    cloud,
    clock,
    queue,
    handler,
    log,
    secretReads: record(secretsManager as unknown as Parameters<typeof record>[0]),
    secretsManager,
    putSecret: (value: string) =>
      secretsManager.send(new PutSecretValueCommand({ SecretId: SECRET_NAME, SecretString: value })),
    messages: () => cloud.messages(queue),
    runs: () => cloud.rows(),
  };
}

/** A delivery as GitHub signs it. */
export function githubEvent(
  body: string,
  { id = 'd-1', secret = SECRET }: { readonly id?: string; readonly secret?: string } = {},
): WebhookEvent {
  const signature = createHmac('sha256', secret).update(body).digest('hex');
  return {
    headers: {
      'x-github-event': 'issues',
      'x-github-delivery': id,
      'x-hub-signature-256': `sha256=${signature}`,
    },
    requestContext: { http: { method: 'POST' } },
    body,
  };
}

export const GREET_ADA = '{"name":"Ada"}';
