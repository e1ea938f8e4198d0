import type { Authorize } from '../permissions/access-denied.ts';
import { KEY_ACTIONS_OF_UPLOADS } from '../permissions/key-actions.ts';

/** A request in path style. */
export interface S3Request {
  readonly method: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: Buffer;
  /** Both are empty where the path ends before them. */
  readonly bucket: string;
  readonly key: string;
}

/**
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
 *
 * DeleteObjects differs: S3 deletes what may be deleted and lists the rest in its answer; here all must be allowed.
 *
 * @throws AccessDenied
 */
export function authorizeRequest(authorize: Authorize, request: S3Request): void {
  const keyActions = isOfUpload(request) ? KEY_ACTIONS_OF_UPLOADS : undefined;
  for (const [action, path] of permissionsOf(request)) authorize(`s3:${action}`, arnOf(path), {}, keyActions);
}

/** Whoever may not list a bucket is not told that an object does not exist, but that it is denied. */
export function authorizeKnowingOfAbsence(authorize: Authorize, bucket: string): void {
  authorize('s3:ListBucket', arnOf(bucket));
}

type Permission = readonly [action: string, path: string];

function permissionsOf(request: S3Request): readonly Permission[] {
  const { method, query, bucket, key, body } = request;
  if (bucket === '') return [['ListAllMyBuckets', '*']];
  if (key !== '') return objectPermissions(request, `${bucket}/${key}`);
  if (method === 'POST') return keysToDelete(body).map(deleted => ['DeleteObject', `${bucket}/${deleted}`]);
  if (query.has('lifecycle')) {
    return [[method === 'GET' ? 'GetLifecycleConfiguration' : 'PutLifecycleConfiguration', bucket]];
  }
  if (query.has('location')) return [['GetBucketLocation', bucket]];
  if (query.has('uploads')) return [['ListBucketMultipartUploads', bucket]];
  return [[BUCKET_ACTIONS[method] ?? method, bucket]];
}

const BUCKET_ACTIONS: Readonly<Record<string, string>> = {
  GET: 'ListBucket',
  HEAD: 'ListBucket',
  PUT: 'CreateBucket',
  DELETE: 'DeleteBucket',
};

function objectPermissions({ method, query, headers }: S3Request, path: string): readonly Permission[] {
  if (method === 'DELETE') return [[query.has('uploadId') ? 'AbortMultipartUpload' : 'DeleteObject', path]];
  if (method === 'GET' || method === 'HEAD') {
    const read: Permission = ['GetObject', path];
    if (query.has('uploadId')) return [['ListMultipartUploadParts', path]];
    return query.has('attributes') ? [read, ['GetObjectAttributes', path]] : [read];
  }
  // PUT and POST: the object, or whichever step of its upload in parts.
  const source = headers['x-amz-copy-source'];
  const write: Permission = ['PutObject', path];
  return typeof source === 'string' ? [['GetObject', copySource(source)], write] : [write];
}

function isOfUpload({ method, query }: S3Request): boolean {
  return ['PUT', 'POST'].includes(method) && (query.has('uploads') || query.has('uploadId'));
}

/** `bucket/key`, with or without a slash before, encoded as in a URL. */
function copySource(header: string): string {
  return decodeURIComponent(header.replace(/^\//, '').replace(/\?versionId=.*$/, ''));
}

function keysToDelete(body: Buffer): string[] {
  return [...body.toString().matchAll(/<Key>([^<]*)<\/Key>/g)].map(([, key = '']) => unescaped(key));
}

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' };

function unescaped(xml: string): string {
  return xml.replace(
    /&(?:#x([\da-f]+)|#(\d+)|(\w+));/gi,
    (entity, hex?: string, decimal?: string, name = '') => {
      if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16));
      return decimal === undefined ? (ENTITIES[name] ?? entity) : String.fromCodePoint(Number(decimal));
    },
  );
}

function arnOf(path: string): string {
  return `arn:aws:s3:::${path}`;
}
