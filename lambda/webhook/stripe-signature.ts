import type { DurationString } from '../../contract/duration.ts';
import { checkHmac } from './hmac.ts';
import { checkTimestamp, DEFAULT_TOLERANCE, parseTolerance } from './timestamp.ts';
import { textIn, type WebhookSignature } from './webhook-signature.ts';

export interface ToleranceOptions {
  /**
   * How long before it came, or after it, a delivery may have been signed.
   * @default '5m'
   */
  readonly tolerance?: DurationString;
}

/**
 * Stripe's signature. The secret is the endpoint's whole `whsec_…`. While a secret is rolled, Stripe signs with both.
 * https://docs.stripe.com/webhooks/signature
 *
 * @throws RangeError when the tolerance is no duration above 0
 */
export function stripeSignature({ tolerance = DEFAULT_TOLERANCE }: ToleranceOptions = {}): WebhookSignature {
  const toleranceMs = parseTolerance(tolerance);
  return {
    verify({ headers, rawBody, receivedAt }, secret) {
      const header = headers['stripe-signature'];
      if (header === undefined) return 'no header stripe-signature';
      const parts = header.split(',').map(part => part.trim());
      const valuesOf = (scheme: string) =>
        parts.filter(part => part.startsWith(`${scheme}=`)).map(part => part.slice(scheme.length + 1));
      const [timestamp, ...more] = valuesOf('t');
      if (more.length > 0) return 'more than one timestamp';
      const inTime = checkTimestamp(timestamp, receivedAt, toleranceMs);
      if (inTime !== true) return inTime;
      return checkHmac({ key: secret, signed: [`${timestamp}.`, rawBody], candidates: valuesOf('v1') });
    },
    deliveryId: (_, body) => textIn(body, 'id'),
  };
}
