import type { DurationString } from '../../contract/duration.ts';
import { checkHmac, type HmacAlgorithm, type HmacEncoding } from './hmac.ts';
import { checkTimestamp, DEFAULT_TOLERANCE, parseTolerance } from './timestamp.ts';
import { textIn, type WebhookSignature } from './webhook-signature.ts';

export interface HmacSignatureOptions {
  /** The header that has the signature. */
  readonly header: string;
  /**
   * What stands before the signature in its header, such as `sha256=`.
   * @default nothing
   */
  readonly prefix?: string;
  /** @default 'hex' */
  readonly encoding?: HmacEncoding;
  /** @default 'sha256' */
  readonly algorithm?: HmacAlgorithm;
  /**
   * The header with the time of the signature, in seconds since 1970, and how old, or how far ahead, it may be.
   * @default no time is looked at: what somebody has recorded can be sent again
   */
  readonly timestamp?: {
    readonly header: string;
    /** @default '5m' */
    readonly tolerance?: DurationString;
  };
  /**
   * What is signed, with `{timestamp}` and `{body}` in it, such as `{timestamp}.{body}`.
   * @default '{body}'
   */
  readonly signed?: string;
  /** Where the provider's id of a delivery is, which a redelivery has again: in a header, or a field of the JSON body. */
  readonly deliveryId: { readonly header: string } | { readonly field: string };
}

/**
 * A signature by HMAC in a header, as most providers have it.
 *
 * @throws Error when `signed` leaves out the body, or does not go with `timestamp`
 * @example
 * ```ts
 * // Shopify: https://shopify.dev/docs/apps/build/webhooks/verify-deliveries
 * const shopify = hmacSignature({
 *   header: 'x-shopify-hmac-sha256',
 *   encoding: 'base64',
 *   deliveryId: { header: 'x-shopify-webhook-id' },
 * });
 * ```
 */
export function hmacSignature(options: HmacSignatureOptions): WebhookSignature {
  const { prefix = '', timestamp, signed = '{body}', deliveryId, encoding, algorithm } = options;
  const toleranceMs = parseTolerance(timestamp?.tolerance ?? DEFAULT_TOLERANCE);
  const header = options.header.toLowerCase();
  const template = signed.split(/(\{(?:body|timestamp)\})/);
  checkTemplate(signed, timestamp !== undefined);
  return {
    verify({ headers, rawBody, receivedAt }, secret) {
      const signature = headers[header];
      if (signature === undefined) return `no header ${header}`;
      if (!signature.startsWith(prefix)) return `the header ${header} does not begin with ${prefix}`;
      const signedAt = timestamp && headers[timestamp.header.toLowerCase()];
      const inTime = timestamp === undefined || checkTimestamp(signedAt, receivedAt, toleranceMs);
      if (inTime !== true) return inTime;
      const filled: Readonly<Record<string, string | Buffer | undefined>> = {
        '{body}': rawBody,
        '{timestamp}': signedAt,
      };
      return checkHmac({
        key: secret,
        signed: template.map(part => filled[part] ?? part),
        candidates: [signature.slice(prefix.length)],
        ...(encoding && { encoding }),
        ...(algorithm && { algorithm }),
      });
    },
    deliveryId: ({ headers }, body) =>
      'header' in deliveryId ? headers[deliveryId.header.toLowerCase()] : textIn(body, deliveryId.field),
  };
}

/** A time that is not signed could be changed by whoever sends a delivery again. */
function checkTemplate(signed: string, timed: boolean): void {
  const fix = timed
    ? "give what the provider signs, such as '{timestamp}.{body}'"
    : "leave it out for '{body}'";
  if (!signed.includes('{body}')) {
    throw new Error(`signed must have {body} in it, got '${signed}': any body would be as good; ${fix}`);
  }
  if (signed.includes('{timestamp}') !== timed) {
    throw new Error(
      `signed must have {timestamp} in it if, and only if, timestamp names a header, got '${signed}' ` +
        `${timed ? 'with' : 'without'} one; ${fix}`,
    );
  }
}
