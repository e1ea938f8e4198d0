import { S3Error } from './s3-error.ts';

/** Seven days: https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html (X-Amz-Expires) */
const MAX_EXPIRES_SECONDS = 604_800;

/** The signature itself is not checked: secrets mean nothing here. @throws {S3Error} */
export function checkExpiry(query: URLSearchParams, nowMs: number): void {
  if (!query.has('X-Amz-Signature')) return;
  const signedAtMs = timeOf(query.get('X-Amz-Date') ?? '');
  const expiresSeconds = Number(query.get('X-Amz-Expires') ?? Number.NaN);
  const valid = expiresSeconds >= 1 && expiresSeconds <= MAX_EXPIRES_SECONDS;
  if (signedAtMs === undefined || !valid) {
    const message = `X-Amz-Date and X-Amz-Expires (1 to ${MAX_EXPIRES_SECONDS}) are required, got ${query.get('X-Amz-Date')} and ${query.get('X-Amz-Expires')}`;
    throw new S3Error('AuthorizationQueryParametersError', message, 400);
  }
  if (nowMs > signedAtMs + expiresSeconds * 1000)
    throw new S3Error('AccessDenied', 'Request has expired', 403);
}

/** `20300101T000000Z` */
function timeOf(text: string): number | undefined {
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text) ?? [];
  if (year === undefined) return undefined;
  return Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second));
}
