import { randomBytes } from 'node:crypto';

/** Opaque, and at most 2,048 characters, as AWS's. */
export function newToken(): string {
  return randomBytes(48).toString('base64url');
}
