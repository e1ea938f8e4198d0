import { element } from '../front-door/xml.ts';
import type { ObjectStore } from './object-store.ts';
import { notImplemented, S3Error } from './s3-error.ts';

export interface SubResourceRequest {
  readonly method: string;
  readonly bucket: string;
  /** Empty for the bucket itself. */
  readonly key: string;
  readonly query: URLSearchParams;
  readonly body: unknown;
}

export interface XmlAnswer {
  readonly status: number;
  readonly xml: string;
}

/** Requests that S3 has and fauxqs has not, or answers from a store of its own. Undefined for all others. */
export type SubResources = (request: SubResourceRequest) => XmlAnswer | undefined;

/**
 * ListParts, ListMultipartUploads, GetBucketLocation, and the lifecycle configuration of a bucket, which is kept and
 * has no effect: objects live until the engine stops.
 */
export function createSubResources(store: ObjectStore, region: string): SubResources {
  const lifecycles = new Map<string, string>();

  function lifecycle(method: string, bucket: string, body: unknown): XmlAnswer {
    if (method === 'PUT') {
      lifecycles.set(bucket, Buffer.isBuffer(body) ? body.toString('utf8') : '');
      return { status: 200, xml: '' };
    }
    if (method === 'DELETE') {
      lifecycles.delete(bucket);
      return { status: 204, xml: '' };
    }
    const xml = lifecycles.get(bucket);
    if (xml !== undefined) return { status: 200, xml };
    const message = `The lifecycle configuration does not exist: ${bucket}`;
    throw new S3Error('NoSuchLifecycleConfiguration', message, 404);
  }

  return ({ method, bucket, key, query, body }) => {
    if (method === 'GET' && key && query.has('uploadId')) return listParts(store, bucket, key, query);
    if (key) return undefined;
    const isRead = method === 'GET' && (query.has('location') || query.has('uploads'));
    if (!isRead && !query.has('lifecycle')) return undefined;
    store.requireBucket(bucket);
    if (query.has('lifecycle')) return lifecycle(method, bucket, body);
    return query.has('location') ? location(region) : listUploads(store, bucket, query);
  };
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketLocation.html: empty for us-east-1 */
function location(region: string): XmlAnswer {
  const text = region === 'us-east-1' ? '' : region;
  // The SDK for JavaScript finds the text only in an element that has an attribute, as it has in AWS.
  const xmlns = 'http://s3.amazonaws.com/doc/2006-03-01/';
  return { status: 200, xml: `<LocationConstraint xmlns="${xmlns}">${text}</LocationConstraint>` };
}

const MAX_UPLOADS = 1000;

/**
 * By key, and those of one key by upload ID, as the markers need it.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListMultipartUploads.html
 */
function listUploads(store: ObjectStore, bucket: string, query: URLSearchParams): XmlAnswer {
  if (query.get('delimiter')) throw notImplemented('ListMultipartUploads with a delimiter');
  const [prefix, keyMarker, idMarker] = ['prefix', 'key-marker', 'upload-id-marker'].map(
    name => query.get(name) ?? '',
  ) as [string, string, string];
  const maxUploads = Math.min(Number(query.get('max-uploads') ?? MAX_UPLOADS), MAX_UPLOADS);
  const left = store.uploads
    .list(bucket)
    .filter(({ key }) => key.startsWith(prefix))
    .filter(
      ({ key, uploadId }) => key > keyMarker || (key === keyMarker && idMarker !== '' && uploadId > idMarker),
    )
    .sort((a, b) => compare(a.key, b.key) || compare(a.uploadId, b.uploadId));
  const page = left.slice(0, maxUploads);
  const last = left.length > page.length ? page.at(-1) : undefined;
  const head = [
    element('Bucket', bucket),
    last ? element('NextKeyMarker', last.key) + element('NextUploadIdMarker', last.uploadId) : '',
    element('MaxUploads', String(maxUploads)),
    element('IsTruncated', String(last !== undefined)),
  ];
  const uploads = page.map(
    ({ key, uploadId, initiated }) =>
      `<Upload>${element('Key', key)}${element('UploadId', uploadId)}${element('StorageClass', 'STANDARD')}` +
      `${element('Initiated', initiated.toISOString())}</Upload>`,
  );
  return {
    status: 200,
    xml: `<ListMultipartUploadsResult>${head.join('')}${uploads.join('')}</ListMultipartUploadsResult>`,
  };
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

const MAX_PARTS = 1000;

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListParts.html */
function listParts(store: ObjectStore, bucket: string, key: string, query: URLSearchParams): XmlAnswer {
  const uploadId = query.get('uploadId') ?? '';
  const after = Number(query.get('part-number-marker') ?? 0);
  const maxParts = Math.min(Number(query.get('max-parts') ?? MAX_PARTS), MAX_PARTS);
  const left = store.uploads.parts(uploadId).filter(({ partNumber }) => partNumber > after);
  const page = left.slice(0, maxParts);
  const isTruncated = left.length > page.length;
  const head = [
    element('Bucket', bucket),
    element('Key', key),
    element('UploadId', uploadId),
    element('StorageClass', 'STANDARD'),
    element('PartNumberMarker', String(after)),
    isTruncated ? element('NextPartNumberMarker', String(page.at(-1)?.partNumber)) : '',
    element('MaxParts', String(maxParts)),
    element('IsTruncated', String(isTruncated)),
  ];
  const parts = page.map(
    ({ partNumber, etag, size, lastModified }) =>
      `<Part>${element('PartNumber', String(partNumber))}${element('LastModified', lastModified.toISOString())}` +
      `${element('ETag', etag)}${element('Size', String(size))}</Part>`,
  );
  return { status: 200, xml: `<ListPartsResult>${head.join('')}${parts.join('')}</ListPartsResult>` };
}
