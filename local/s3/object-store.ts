import { createHash } from 'node:crypto';
import type { Clock } from '../clock.ts';
import { verifyChecksum } from './checksums.ts';
import type { S3Object, S3Store } from './fauxqs-types.ts';
import { listPage } from './list-page.ts';
import { createMultipartUploads, type MultipartUploads } from './multipart-uploads.ts';
import type { ObjectChangeReason } from './object-event.ts';
import { noSuchBucket, noSuchKey, S3Error } from './s3-error.ts';
import { readObject, type SavedObject, saveObject } from './saved-object.ts';

/** Told of each object that is written or deleted; undefined for one that is no more. */
type OnChange = (
  bucket: string,
  key: string,
  reason: ObjectChangeReason,
  object: S3Object | undefined,
) => void;

export interface ObjectStore extends S3Store {
  readonly uploads: Pick<MultipartUploads, 'list' | 'parts'>;
  /** @throws {S3Error} NoSuchBucket */
  requireBucket(name: string): void;
  /** Whole objects, without uploads that are not completed. */
  save(bucket: string): SavedObject[];
  restore(bucket: string, saved: readonly SavedObject[]): void;
}

/**
 * Where fauxqs's S3 routes keep their buckets and objects. Its own store sorts keys by locale but compares them by
 * code unit, so that a listing of several pages loses keys; takes any checksum; and has its own clock.
 */
export function createObjectStore(clock: Clock, onChange: OnChange = () => {}): ObjectStore {
  const buckets = new Map<string, { readonly creationDate: Date; readonly objects: Map<string, S3Object> }>();
  const now = () => new Date(clock.now());

  function objectsOf(bucket: string): Map<string, S3Object> {
    const objects = buckets.get(bucket)?.objects;
    if (!objects) throw noSuchBucket(bucket);
    return objects;
  }

  function objectAt(bucket: string, key: string): S3Object {
    const object = objectsOf(bucket).get(key);
    if (!object) throw noSuchKey(key);
    return object;
  }

  function remove(bucket: string, key: string): void {
    if (objectsOf(bucket).delete(key)) onChange(bucket, key, 'DeleteObject', undefined);
  }

  const uploads = createMultipartUploads({
    now,
    save(bucket, object) {
      objectsOf(bucket).set(object.key, object);
      onChange(bucket, object.key, 'CompleteMultipartUpload', object);
    },
  });

  return {
    uploads,
    requireBucket: name => void objectsOf(name),
    createBucket(name) {
      requireValidName(name);
      if (!buckets.has(name)) buckets.set(name, { creationDate: now(), objects: new Map() });
    },
    deleteBucket(name) {
      if (objectsOf(name).size > 0 || uploads.someIn(name)) {
        throw new S3Error('BucketNotEmpty', `The bucket you tried to delete is not empty: ${name}`, 409);
      }
      buckets.delete(name);
    },
    hasBucket: name => buckets.has(name),
    listBuckets: () => [...buckets].map(([name, { creationDate }]) => ({ name, creationDate })),

    putObject(bucket, key, body, contentType, metadata, systemMetadata, checksum) {
      const objects = objectsOf(bucket);
      if (checksum?.type === 'FULL_OBJECT') verifyChecksum(checksum.algorithm, checksum.value, body);
      const object: S3Object = {
        key,
        body,
        contentType: contentType ?? 'application/octet-stream',
        contentLength: body.length,
        etag: `"${createHash('md5').update(body).digest('hex')}"`,
        lastModified: now(),
        metadata: metadata ?? {},
        ...systemMetadata,
        ...(checksum && {
          checksumAlgorithm: checksum.algorithm,
          checksumValue: checksum.value,
          checksumType: checksum.type,
        }),
        ...(checksum?.partChecksums && { partChecksums: checksum.partChecksums }),
      };
      objects.set(key, object);
      onChange(bucket, key, 'PutObject', object);
      return object;
    },
    getObject: objectAt,
    headObject: objectAt,
    deleteObject: remove,
    deleteObjects(bucket, keys) {
      for (const key of keys) remove(bucket, key);
      return keys;
    },
    listObjects: (bucket, options) => listPage(objectsOf(bucket), options ?? {}),

    createMultipartUpload(bucket, ...upload) {
      objectsOf(bucket);
      return uploads.create(bucket, ...upload);
    },
    save: bucket => [...objectsOf(bucket).values()].map(saveObject),
    restore(bucket, saved) {
      for (const object of saved.map(readObject)) objectsOf(bucket).set(object.key, object);
    },
    uploadPart: uploads.uploadPart,
    completeMultipartUpload: uploads.complete,
    abortMultipartUpload: uploads.abort,
  };
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
function requireValidName(name: string): void {
  const valid = /^(?!\d+\.\d+\.\d+\.\d+$)(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name);
  if (!valid) {
    const message = `A bucket name must be 3 to 63 lower-case letters, digits, dots and hyphens, got ${JSON.stringify(name)}`;
    throw new S3Error('InvalidBucketName', message, 400);
  }
}
