import type { S3Object } from './fauxqs-types.ts';
import { noSuchKey, S3Error } from './s3-error.ts';

/**
 * Conditional writes, which fauxqs ignores: `If-None-Match: *` (only if there is no such object) and `If-Match` (only
 * over the object with this ETag). https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
 */
export function checkWritePreconditions(
  headers: { readonly 'if-match'?: string | undefined; readonly 'if-none-match'?: string | undefined },
  key: string,
  existing: S3Object | undefined,
): void {
  const { 'if-match': ifMatch, 'if-none-match': ifNoneMatch } = headers;
  if (ifNoneMatch !== undefined && existing) throw preconditionFailed('If-None-Match', ifNoneMatch);
  if (ifMatch === undefined) return;
  if (!existing) throw noSuchKey(key);
  if (ifMatch !== '*' && unquoted(ifMatch) !== unquoted(existing.etag))
    throw preconditionFailed('If-Match', ifMatch);
}

function preconditionFailed(header: string, value: string): S3Error {
  const message = `At least one of the pre-conditions you specified did not hold: ${header}: ${value}`;
  return new S3Error('PreconditionFailed', message, 412);
}

function unquoted(etag: string): string {
  return etag.replaceAll('"', '');
}
