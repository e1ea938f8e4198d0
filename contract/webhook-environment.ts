import { readVariable } from './read-variable.ts';

/** The variable through which a webhook's function learns who it is and where its secret lies. `TaskWebhook` writes it. */
export const WEBHOOK_VARIABLE = 'BACKGROUND_JOBS_WEBHOOK';

export interface WebhookConfig {
  /** Tells the deliveries of webhooks apart that send the same task: part of their idempotency keys. */
  readonly name: string;
  readonly secret: SecretPlace;
}

/** Where the secret is read from; the secret itself is in no template and no variable. */
export type SecretPlace =
  /** A secret's ARN in Secrets Manager, and the field of its JSON, when it is not the secret as a whole. */
  | { readonly secret: string; readonly field?: string }
  /** A parameter's name in the Parameter Store. */
  | { readonly parameter: string };

/** @throws Error naming the variable and the fix, when it is missing or is not what a construct wrote */
export function readWebhookEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
): WebhookConfig {
  return readVariable(environment, {
    name: WEBHOOK_VARIABLE,
    fix: 'make the function by TaskWebhook, or pass webhook to createWebhook',
    expected: 'a name and a secret',
    fits: isWebhookConfig,
  });
}

function isWebhookConfig(value: unknown): value is WebhookConfig {
  if (!isObject(value)) return false;
  const { name, secret: place } = value;
  if (typeof name !== 'string' || !isObject(place)) return false;
  const { secret, parameter, field = '' } = place;
  return typeof (secret ?? parameter) === 'string' && typeof field === 'string';
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
