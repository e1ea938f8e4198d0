import { createHmac, timingSafeEqual } from 'node:crypto';

export type HmacAlgorithm = 'sha256' | 'sha384' | 'sha512';
export type HmacEncoding = 'hex' | 'base64';

export interface HmacCheck {
  readonly key: string | Buffer;
  /** What was signed, in parts: a body stays the bytes that it is. */
  readonly signed: readonly (string | Buffer)[];
  /** Signatures as they were sent; one of them must be right. */
  readonly candidates: readonly string[];
  /** @default 'hex' */
  readonly encoding?: HmacEncoding;
  /** @default 'sha256' */
  readonly algorithm?: HmacAlgorithm;
}

/** @returns true, or why not; the time that it takes says nothing of the right signature */
export function checkHmac({
  key,
  signed,
  candidates,
  encoding = 'hex',
  algorithm = 'sha256',
}: HmacCheck): true | string {
  const hmac = createHmac(algorithm, key);
  for (const part of signed) hmac.update(part);
  const right = hmac.digest();
  const given = candidates.map(candidate => decode(candidate, encoding));
  if (!given.some(bytes => bytes?.length === right.length)) {
    return `no signature of ${right.length} bytes in ${encoding}`;
  }
  // Each is compared to its end, whichever is right.
  const matches = given.map(bytes => bytes?.length === right.length && timingSafeEqual(bytes, right));
  return matches.includes(true) || 'the signature does not match';
}

/** Buffer takes whatever it can of a text; only what would be written the same is a signature. */
function decode(text: string, encoding: HmacEncoding): Buffer | undefined {
  const bytes = Buffer.from(text, encoding);
  return bytes.toString(encoding) === (encoding === 'hex' ? text.toLowerCase() : text) ? bytes : undefined;
}
