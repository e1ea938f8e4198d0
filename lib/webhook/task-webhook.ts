import { Duration, Stack } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import { Construct } from 'constructs';
import { WEBHOOK_VARIABLE, type WebhookConfig } from '../../contract/webhook-environment.ts';
import { clientsNotNeeded, makeEntryFunction } from '../entry-function.ts';
import type { TaskWebhookProps } from './task-webhook-props.ts';
import { checkTaskWebhook } from './task-webhook-rules.ts';
import { WebhookAlarms } from './webhook-alarms.ts';
import { grantRead, isOfSecretsManager, placeOf } from './webhook-secret.ts';

/** GitHub gives up after it, and others soon after. What takes longer is the task's to do. */
const TIMEOUT = Duration.seconds(10);

const SECRETS_MANAGER_CLIENT = '@aws-sdk/client-secrets-manager';
const SSM_CLIENT = '@aws-sdk/client-ssm';

/**
 * A webhook: a function with a public URL that takes a provider's deliveries, verifies their signatures and sends tasks.
 * Its entry exports what `createWebhook` made. What a delivery begins is a run like any other, and one that comes again
 * begins nothing new.
 *
 * The function may send to the queues and read the one secret, and nothing else.
 *
 * @example
 * ```ts
 * const webhook = new TaskWebhook(this, 'GitHub', {
 *   entry: 'src/github.ts',
 *   queues: [issues],
 *   secret: new Secret(this, 'GitHubSecret'),
 * });
 * webhook.alarms.notify(opsTopic);
 * new CfnOutput(this, 'GitHubUrl', { value: webhook.url ?? '' });
 * ```
 */
export class TaskWebhook extends Construct {
  /** Takes the requests of function URLs, HTTP APIs, REST APIs and load balancers alike. */
  readonly fn: NodejsFunction;
  /** Where the provider is to deliver; undefined without a function URL. */
  readonly url: string | undefined;
  readonly alarms: WebhookAlarms;

  /** @throws Error naming everything that cannot work, and the entry when it does not exist */
  constructor(scope: Construct, id: string, props: TaskWebhookProps) {
    super(scope, id);
    checkTaskWebhook(this, props);
    const { queues, secret, secretField, functionUrl = true, ...entry } = props;
    const config: WebhookConfig = { name: this.node.path, secret: placeOf(secret, secretField) };
    this.fn = makeEntryFunction(this, 'Function', {
      ...entry,
      timeout: TIMEOUT,
      rarelyNeeded: [
        isOfSecretsManager(secret) ? SSM_CLIENT : SECRETS_MANAGER_CLIENT,
        ...clientsNotNeeded(queues.map(queue => queue.payloadBucket)),
      ],
      environment: { ...props.environment, [WEBHOOK_VARIABLE]: Stack.of(this).toJsonString(config) },
    });
    grantRead(secret, this.fn);
    for (const queue of queues) queue.grantSend(this.fn);
    this.url = functionUrl
      ? this.fn.addFunctionUrl({ authType: lambda.FunctionUrlAuthType.NONE }).url
      : undefined;
    this.alarms = new WebhookAlarms(this, this.fn, functionUrl);
  }
}
