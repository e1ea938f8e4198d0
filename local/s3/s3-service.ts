import { buildApp } from 'fauxqs';
import type { Clock } from '../clock.ts';
import { isJsonObject } from '../json-value.ts';
import type { Service } from '../service.ts';
import type { App, FauxqsStores, S3Object, S3Store } from './fauxqs-types.ts';
import { createObjectStore } from './object-store.ts';
import { checkWritePreconditions } from './preconditions.ts';
import { S3Error } from './s3-error.ts';
import { refuseUnsupported } from './unsupported.ts';

/**
 * S3 in memory: fauxqs speaks the protocol, over a store of ours. In path style (`http://127.0.0.1:4566/bucket/key`),
 * which is what SDKs use with an IP address as endpoint. Sub-resources (tagging, ACLs, versions, lifecycles, …) are
 * refused.
 */
export interface S3Service extends Service {
  /** @throws {S3Error} if the name is not valid or taken */
  createBucket(name: string): void;
}

export async function createS3Service({ clock }: { clock: Clock }): Promise<S3Service> {
  const store = createObjectStore(clock);
  // The types ask for all three stores, the code takes each for itself.
  const app: App = buildApp({ logger: false, stores: { s3Store: store } as unknown as FauxqsStores });
  acceptAnyBody(app);
  answerErrors(app);
  checkRequests(app, store);
  overrideResponseHeaders(app);
  await app.ready();

  return {
    signingName: 's3',
    handle: (request, response) => app.routing(request, response),
    createBucket(name) {
      if (store.hasBucket(name)) throw new S3Error('BucketAlreadyOwnedByYou', `Bucket ${name} exists`, 409);
      store.createBucket(name);
    },
    stop: async () => app.close(),
  };
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
    const failure = error instanceof S3Error ? error : unexpected(error);
    return reply.status(failure.statusCode).header('content-type', 'application/xml').send(failure.toXml());
  });
}

/** Fastify's own errors carry a client error's status, as when the client leaves; any other is a fault of the engine. */
function unexpected(error: unknown): S3Error {
  const failure = error instanceof Error ? error : new Error(String(error));
  const status = 'statusCode' in failure ? Number(failure.statusCode) : 500;
  if (status < 500) return new S3Error('InvalidRequest', failure.message, status);
  process.emitWarning(failure);
  return new S3Error('InternalError', failure.message, status);
}

/** In the same turn as the route's handler, so that nothing can come between a precondition and its write. */
function checkRequests(app: App, store: S3Store): void {
  app.addHook('preHandler', (request, _reply, done) => {
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
