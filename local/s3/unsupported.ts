import { notImplemented, S3Error } from './s3-error.ts';

const READ_PARAMETERS = [
  ...['list-type', 'prefix', 'delimiter', 'max-keys', 'start-after', 'continuation-token', 'marker'],
  ...['encoding-type', 'fetch-owner', 'partnumber', 'attributes'],
  // ListParts, ListMultipartUploads, GetBucketLocation, GetBucketLifecycleConfiguration
  ...['uploadid', 'part-number-marker', 'max-parts', 'uploads', 'max-uploads', 'key-marker'],
  ...['upload-id-marker', 'location', 'lifecycle'],
];

/** All query parameters that have an effect, by method; `response-*`, `x-id` and those of a signature are left out. */
const KNOWN_PARAMETERS: Readonly<Record<string, readonly string[]>> = {
  GET: READ_PARAMETERS,
  HEAD: READ_PARAMETERS,
  PUT: ['partnumber', 'uploadid', 'lifecycle'],
  POST: ['uploads', 'uploadid', 'delete'],
  DELETE: ['uploadid', 'lifecycle'],
};

const REFUSED_HEADERS = [
  'x-amz-tagging',
  'x-amz-object-lock-mode',
  'x-amz-server-side-encryption-customer-algorithm',
];

/**
 * fauxqs takes a request for a sub-resource that it does not know for one for the object or bucket itself:
 * `PutObjectTagging` would overwrite the object with its tags. Those are refused.
 */
export function refuseUnsupported(request: Request): void {
  const known = KNOWN_PARAMETERS[request.method] ?? [];
  const [path = '', query = ''] = request.url.split('?', 2);
  for (const name of new URLSearchParams(query).keys()) {
    const lower = name.toLowerCase();
    if (!known.includes(lower) && !/^(x-|response-)/.test(lower)) {
      throw notImplemented(`${request.method} with ?${name}`);
    }
  }
  const header = REFUSED_HEADERS.find(name => request.headers[name] !== undefined);
  if (header) throw notImplemented(`The header ${header}`);
  // fauxqs would tell of the whole object.
  if (request.method === 'HEAD' && request.headers.range !== undefined) {
    throw notImplemented('HeadObject with a range');
  }
  // fauxqs would store the empty body as the part.
  if (request.headers['x-amz-copy-source'] !== undefined && /[?&]partNumber=/.test(request.url)) {
    throw notImplemented('UploadPartCopy');
  }
  if (request.method === 'POST' && path.split('/').filter(Boolean).length === 0) {
    throw new S3Error('MethodNotAllowed', 'The specified method is not allowed against this resource', 405);
  }
}

interface Request {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, unknown>>;
}
