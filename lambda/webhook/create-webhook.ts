import { type ClientContext, type ClientOptions, createContext } from '../../client/client-context.ts';
import { findQueue } from '../../client/find-queue.ts';
import { systemClock } from '../../contract/clock.ts';
import { LAMBDA } from '../../contract/limits.ts';
import { readWebhookEnvironment, type WebhookConfig } from '../../contract/webhook-environment.ts';
import { createLog, type Log } from '../log.ts';
import type { WebhookRoute } from './forward.ts';
import { readSecret, type SecretClients } from './read-secret.ts';
import { receiveDelivery } from './receive-delivery.ts';
import { createSecretCache, type SecretCache } from './secret-cache.ts';
import type { WebhookAnswer, WebhookEvent } from './webhook-event.ts';
import type { WebhookSignature } from './webhook-signature.ts';

export interface WebhookOptions extends Omit<ClientOptions, 'onWarning'>, SecretClients {
  /**
   * The largest body that is looked at, in bytes. A larger one is answered 413.
   * @default 6 MB, the most that Lambda is invoked with
   */
  readonly maxBodyBytes?: number;
  /** @default what `TaskWebhook` wrote into the function's environment */
  readonly webhook?: WebhookConfig;
  /** @default a line of JSON to standard output */
  readonly log?: Log;
}

/** What the function's parts work with. */
export interface Webhook {
  readonly name: string;
  readonly signature: WebhookSignature;
  readonly routes: readonly WebhookRoute[];
  readonly secrets: SecretCache;
  readonly maxBodyBytes: number;
  readonly client: ClientContext;
  readonly log: Log;
}

/** The Lambda entry of a webhook, for a function URL, an HTTP API, a REST API or a load balancer. */
export type WebhookFunction = (event: WebhookEvent) => Promise<WebhookAnswer>;

/**
 * Makes the Lambda function of a `TaskWebhook`: it verifies each delivery's signature, and sends the tasks of the routes
 * that want it. The delivery's id is the idempotency key, where the task gives its payload none, so one that comes again
 * begins nothing new.
 *
 * It answers 202 once SQS has all tasks, 204 when no route wants the delivery, 401 when the signature is not right, 400
 * for a body that is no JSON and for a delivery without an id, 413 for a body that is too large, 405 for all methods but
 * POST; never with a body. Whatever else fails is the function's error, which the provider sees as a 5xx, and most
 * providers send again.
 *
 * @throws Error at the function's init, when it was granted no queue for a route's task, or a task has two routes
 * @example
 * ```ts
 * import { createWebhook, forward, githubSignature } from 'cdk-background-jobs/lambda';
 *
 * export const handler = createWebhook(githubSignature(), [
 *   forward(triageIssue, ({ headers, body }) => {
 *     if (headers['x-github-event'] !== 'issues') return 'ignore';
 *     const { action, issue, repository } = issuesEvent.parse(body);
 *     return action === 'opened' ? { repository: repository.full_name, number: issue.number } : 'ignore';
 *   }),
 * ]);
 * ```
 */
export function createWebhook(
  signature: WebhookSignature,
  routes: readonly WebhookRoute[],
  options: WebhookOptions = {},
): WebhookFunction {
  const { clock = systemClock } = options;
  const { name, secret } = options.webhook ?? readWebhookEnvironment(process.env);
  const log = options.log ?? createLog(() => clock.now());
  const client = createContext({
    ...options,
    onWarning: warning => log({ level: 'WARN', message: warning.message }),
  });
  checkRoutes(routes, client);
  const webhook: Webhook = {
    name,
    signature,
    routes,
    secrets: createSecretCache(() => readSecret(secret, options), clock),
    maxBodyBytes: options.maxBodyBytes ?? LAMBDA.maxInvocationBytes,
    client,
    log,
  };
  return event => receiveDelivery(webhook, event);
}

/** What synth cannot see: which tasks the entry really sends. */
function checkRoutes(routes: readonly WebhookRoute[], { queues }: ClientContext): void {
  if (routes.length === 0) {
    throw new Error('createWebhook needs a route: forward(task, delivery => payload)');
  }
  const names = routes.map(({ task }) => task.name);
  const twice = names.find((name, index) => names.indexOf(name) < index);
  if (twice !== undefined) {
    throw new Error(
      `Task '${twice}' has two routes in createWebhook: one delivery would send it twice under one key; join the two`,
    );
  }
  for (const name of names) findQueue(queues, name);
}
