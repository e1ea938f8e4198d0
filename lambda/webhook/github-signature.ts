import { hmacSignature } from './hmac-signature.ts';
import type { WebhookSignature } from './webhook-signature.ts';

/**
 * GitHub's signature of webhooks of repositories, organizations and apps, with content type `application/json`.
 * https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
 *
 * GitHub signs the body alone, neither a time nor the delivery's id. Where it matters that nobody who has recorded a
 * delivery can send it again as another, give the task a key of its payload (`idempotency.key`).
 */
export function githubSignature(): WebhookSignature {
  return hmacSignature({
    header: 'x-hub-signature-256',
    prefix: 'sha256=',
    deliveryId: { header: 'x-github-delivery' },
  });
}
