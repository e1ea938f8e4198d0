import type { IncomingMessage } from 'node:http';
import { isNativeError } from 'node:util/types';
import type { Clock } from '../clock.ts';
import { isJsonObject } from '../json-value.ts';
import { AccessDenied, type Authorize } from '../permissions/access-denied.ts';
import type { Service } from '../service.ts';
import { authorizeKnowingOfAbsence, authorizeRequest } from './authorize-request.ts';
import type { App, FauxqsStores, S3Object, S3Store } from './fauxqs-types.ts';
import { loadFauxqs } from './load-fauxqs.ts';
import type { ObjectChange } from './object-event.ts';
import { createObjectStore } from './object-store.ts';
import { checkWritePreconditions } from './preconditions.ts';
import { checkExpiry } from './presigned.ts';
import { rangeToRead } from './ranges.ts';
import { accessDenied, S3Error } from './s3-error.ts';
import type { SavedObject } from './saved-object.ts';
import { createSubResources, type SubResources } from './sub-resources.ts';
import { refuseUnsupported } from './unsupported.ts';

/**
 * S3 in memory: fauxqs speaks the protocol, over a store of ours. In path style (`http://127.0.0.1:4566/bucket/key`),
 * which is what SDKs use with an IP address as endpoint. Most sub-resources (tagging, ACLs, versions, policies, …) are
 * refused.
 */
export interface S3Service extends Service {
  /** @throws {S3Error} if the name is not valid or taken */
  createBucket(name: string): void;
  /** From now on EventBridge is told what becomes of the bucket's objects. @throws {S3Error} if there is no such bucket */
  tellEventBridge(bucket: string): void;
  buckets(): readonly string[];
  /** A bucket's objects, to outlive the engine. @throws {S3Error} if there is no such bucket */
  save(bucket: string): readonly SavedObject[];
  /** @throws {S3Error} if there is no such bucket; StartError for what `save` did not write. */
  restore(bucket: string, saved: readonly SavedObject[]): void;
}

export interface S3ServiceOptions {
  readonly clock: Clock;
  /** What GetBucketLocation answers. @default us-east-1 */
  readonly region?: string;
  /** Told what EventBridge is to be told. @default nobody is told */
  readonly onObjectChange?: (change: ObjectChange) => void;
}

export async function createS3Service(options: S3ServiceOptions): Promise<S3Service> {
  const { clock, region = 'us-east-1', onObjectChange = () => {} } = options;
  const told = new Set<string>();
  let changes = 0;
  let copies = false;
  const store = createObjectStore(clock, (bucket, key, reason, object) => {
    if (!told.has(bucket)) return;
    changes += 1;
    onObjectChange({
      bucket,
      key,
      object,
      reason: copies && reason === 'PutObject' ? 'CopyObject' : reason,
      sequencer: `${hex(clock.now(), 12)}${hex(changes, 6)}`,
    });
  });
  const { buildApp } = await loadFauxqs();
  // The types ask for all three stores, the code takes each for itself.
  const app: App = buildApp({ logger: false, stores: { s3Store: store } as unknown as FauxqsStores });
  acceptAnyBody(app);
  answerErrors(app);
  const callers = new WeakMap<IncomingMessage, Authorize>();
  checkPermissions(app, store, callers);
  checkRequests(app, store, clock);
  readRanges(app, store);
  answerSubResources(app, createSubResources(store, region));
  // In the same turn as the route's handler: for the store, a copy is an object that is put.
  app.addHook('preHandler', (request, _reply, done) => {
    copies = request.headers['x-amz-copy-source'] !== undefined;
    done();
  });
  overrideResponseHeaders(app);
  await app.ready();

  return {
    signingName: 's3',
    handle(request, response, authorize) {
      if (authorize) callers.set(request, authorize);
      app.routing(request, response);
    },
    createBucket(name) {
      if (store.hasBucket(name)) throw new S3Error('BucketAlreadyOwnedByYou', `Bucket ${name} exists`, 409);
      store.createBucket(name);
    },
    tellEventBridge(bucket) {
      store.requireBucket(bucket);
      told.add(bucket);
    },
    buckets: () => store.listBuckets().map(({ name }) => name),
    save: store.save,
    restore: store.restore,
    stop: async () => app.close(),
  };
}

function hex(value: number, digits: number): string {
  return value.toString(16).toUpperCase().padStart(digits, '0');
}

/**
 * fauxqs parses forms and SQS's JSON, which an object may hold just as well, and limits bodies to 11 MiB. Here every
 * body is bytes, as many as the front door lets in.
 */
function acceptAnyBody(app: App): void {
  app.removeAllContentTypeParsers();
  const options = { parseAs: 'buffer', bodyLimit: Number.MAX_SAFE_INTEGER } as const;
  app.addContentTypeParser('*', options, (_request, body, done) => done(null, body));
}

function answerErrors(app: App): void {
  app.setErrorHandler((error, _request, reply) => {
    const failure = toS3Error(error);
    return reply.status(failure.statusCode).header('content-type', 'application/xml').send(failure.toXml());
  });
}

/** Fastify's own errors carry a client error's status, as when the client leaves; any other is a fault of the engine. */
function toS3Error(error: unknown): S3Error {
  if (error instanceof S3Error) return error;
  if (error instanceof AccessDenied) return accessDenied(error);
  const failure = isNativeError(error) ? error : new Error(String(error));
  const status = 'statusCode' in failure ? Number(failure.statusCode) : 500;
  if (status < 500) return new S3Error('InvalidRequest', failure.message, status);
  process.emitWarning(failure);
  return new S3Error('InternalError', failure.message, status);
}

/** Fastify does not hand on what `handle` was given: `callers` has it, by request. */
function checkPermissions(app: App, store: S3Store, callers: WeakMap<IncomingMessage, Authorize>): void {
  app.addHook('preHandler', (request, _reply, done) => {
    const authorize = callers.get(request.raw);
    if (authorize) {
      const { bucket = '', '*': key = '' } = isJsonObject(request.params) ? request.params : {};
      const named = { bucket: String(bucket), key: String(key) };
      const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
      const { method, headers } = request;
      authorizeRequest(authorize, { method, headers, body, query: queryOf(request.url), ...named });
      const reads = named.key !== '' && (method === 'GET' || method === 'HEAD');
      if (reads && !existing(store, named.bucket, named.key))
        authorizeKnowingOfAbsence(authorize, named.bucket);
    }
    done();
  });
}

/** In the same turn as the route's handler, so that nothing can come between a precondition and its write. */
function checkRequests(app: App, store: S3Store, clock: Clock): void {
  app.addHook('preHandler', (request, _reply, done) => {
    checkExpiry(queryOf(request.url), clock.now());
    refuseUnsupported(request);
    request.body ??= Buffer.alloc(0);
    const { bucket, '*': key } = isJsonObject(request.params) ? request.params : {};
    const isUpload = /[?&](uploads|partNumber)\b/.test(request.url);
    const writes = (request.method === 'PUT' || request.method === 'POST') && !isUpload;
    if (writes && typeof bucket === 'string' && typeof key === 'string' && key !== '') {
      checkWritePreconditions(request.headers, key, existing(store, bucket, key));
    }
    done();
  });
}

function readRanges(app: App, store: S3Store): void {
  app.addHook('preHandler', ({ headers, params }, _reply, done) => {
    if (headers.range !== undefined) {
      const { bucket = '', '*': key = '' } = isJsonObject(params) ? params : {};
      const object = existing(store, String(bucket), String(key));
      headers.range = object && rangeToRead(headers.range, object.contentLength);
    }
    done();
  });
}

function answerSubResources(app: App, subResources: SubResources): void {
  app.addHook('preHandler', (request, reply, done) => {
    const { bucket = '', '*': key = '' } = isJsonObject(request.params) ? request.params : {};
    const { method, url, body } = request;
    const answer = subResources({
      method,
      bucket: String(bucket),
      key: String(key),
      query: queryOf(url),
      body,
    });
    if (!answer) return done();
    const { status, xml } = answer;
    reply.status(status).header('content-type', 'application/xml').send(xml);
  });
}

function queryOf(url: string): URLSearchParams {
  const at = url.indexOf('?');
  return new URLSearchParams(at < 0 ? '' : url.slice(at));
}

function existing(store: S3Store, bucket: string, key: string): S3Object | undefined {
  try {
    return store.headObject(bucket, key);
  } catch (error) {
    if (error instanceof S3Error && error.code === 'NoSuchKey') return undefined;
    throw error;
  }
}

/** `response-content-type` and its like, by which a presigned URL says how its object is to be shown. */
function overrideResponseHeaders(app: App): void {
  app.addHook('onSend', (request, reply, _payload, done) => {
    const query = isJsonObject(request.query) ? request.query : {};
    for (const [name, value] of Object.entries(query)) {
      if (name.startsWith('response-') && typeof value === 'string' && reply.statusCode < 300) {
        reply.header(name.slice('response-'.length), value);
      }
    }
    done();
  });
}
