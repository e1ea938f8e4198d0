import { checkHmac } from './hmac.ts';
import type { ToleranceOptions } from './stripe-signature.ts';
import { checkTimestamp, DEFAULT_TOLERANCE, parseTolerance } from './timestamp.ts';
import type { WebhookSignature } from './webhook-signature.ts';

const SECRET_PREFIX = 'whsec_';
const VERSION = 'v1,';

/**
 * The symmetric signature of Standard Webhooks, which many providers have. The secret is `whsec_` and the key in base64.
 * https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 *
 * @throws RangeError when the tolerance is no duration above 0
 */
export function standardWebhooksSignature({
  tolerance = DEFAULT_TOLERANCE,
}: ToleranceOptions = {}): WebhookSignature {
  const toleranceMs = parseTolerance(tolerance);
  return {
    verify({ headers, rawBody, receivedAt }, secret) {
      const { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures } = headers;
      if (id === undefined) return 'no header webhook-id';
      if (signatures === undefined) return 'no header webhook-signature';
      const inTime = checkTimestamp(timestamp, receivedAt, toleranceMs);
      if (inTime !== true) return inTime;
      return checkHmac({
        key: keyOf(secret),
        signed: [`${id}.${timestamp}.`, rawBody],
        candidates: signatures
          .split(' ')
          .filter(signature => signature.startsWith(VERSION))
          .map(signature => signature.slice(VERSION.length)),
        encoding: 'base64',
      });
    },
    deliveryId: ({ headers }) => headers['webhook-id'],
  };
}

/** @throws Error when it is not base64: whatever is decoded of it would be a key that is easier to guess */
function keyOf(secret: string): Buffer {
  const text = secret.startsWith(SECRET_PREFIX) ? secret.slice(SECRET_PREFIX.length) : secret;
  const key = Buffer.from(text, 'base64');
  if (key.length > 0 && key.toString('base64').replace(/=+$/, '') === text.replace(/=+$/, '')) return key;
  throw new Error(`The secret of a Standard Webhooks signature must be ${SECRET_PREFIX} and base64`);
}
