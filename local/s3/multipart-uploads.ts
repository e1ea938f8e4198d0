import { createHash, randomUUID } from 'node:crypto';
import { compositeChecksum, verifyChecksum } from './checksums.ts';
import type { ChecksumAlgorithm, S3Object, S3Store, SystemMetadata } from './fauxqs-types.ts';
import { S3Error } from './s3-error.ts';

/** All parts but the last. https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html */
const MIN_PART_BYTES = 5 * 1024 * 1024;

interface Part {
  readonly body: Buffer;
  readonly md5: Buffer;
  readonly checksum: string | undefined;
  readonly lastModified: Date;
}

interface Upload {
  readonly bucket: string;
  readonly key: string;
  readonly initiated: Date;
  readonly contentType: string;
  readonly metadata: Record<string, string>;
  readonly systemMetadata: SystemMetadata;
  readonly algorithm: ChecksumAlgorithm | undefined;
  readonly parts: Map<number, Part>;
}

export type MultipartUploads = ReturnType<typeof createMultipartUploads>;

type PartSpecs = Parameters<S3Store['completeMultipartUpload']>[1];

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html */
const MAX_PARTS = 10_000;

export function createMultipartUploads(options: {
  now: () => Date;
  save: (bucket: string, object: S3Object) => void;
}) {
  const uploads = new Map<string, Upload>();

  function uploadOf(uploadId: string): Upload {
    const upload = uploads.get(uploadId);
    if (!upload) throw new S3Error('NoSuchUpload', `The multipart upload does not exist: ${uploadId}`, 404);
    return upload;
  }

  return {
    list: (bucket: string) =>
      [...uploads]
        .filter(([, upload]) => upload.bucket === bucket)
        .map(([uploadId, { key, initiated }]) => ({ uploadId, key, initiated })),
    /** In ascending order. */
    parts: (uploadId: string) =>
      [...uploadOf(uploadId).parts]
        .sort(([a], [b]) => a - b)
        .map(([partNumber, { md5, body, lastModified }]) => ({
          partNumber,
          etag: `"${md5.toString('hex')}"`,
          size: body.length,
          lastModified,
        })),
    someIn: (bucket: string) => [...uploads.values()].some(upload => upload.bucket === bucket),
    create(
      ...[bucket, key, type, metadata, systemMetadata, algorithm]: Parameters<
        S3Store['createMultipartUpload']
      >
    ) {
      const uploadId = randomUUID();
      uploads.set(uploadId, {
        bucket,
        key,
        initiated: options.now(),
        contentType: type ?? 'application/octet-stream',
        metadata: metadata ?? {},
        systemMetadata: systemMetadata ?? {},
        algorithm,
        parts: new Map(),
      });
      return uploadId;
    },
    uploadPart(uploadId: string, partNumber: number, body: Buffer, checksum?: string) {
      const { algorithm, parts } = uploadOf(uploadId);
      if (partNumber < 1 || partNumber > MAX_PARTS) {
        const message = `Part number must be an integer between 1 and ${MAX_PARTS}, inclusive, got ${partNumber}`;
        throw new S3Error('InvalidArgument', message, 400);
      }
      if (algorithm && checksum) verifyChecksum(algorithm, checksum, body);
      const md5 = createHash('md5').update(body).digest();
      parts.set(partNumber, { body, md5, checksum, lastModified: options.now() });
      return { etag: `"${md5.toString('hex')}"`, ...(checksum && { checksumValue: checksum }) };
    },
    complete(uploadId: string, specs: PartSpecs): S3Object {
      const upload = uploadOf(uploadId);
      const object = { ...assemble(upload, specs), lastModified: options.now() };
      options.save(upload.bucket, object);
      uploads.delete(uploadId);
      return object;
    },
    abort(uploadId: string): void {
      uploadOf(uploadId);
      uploads.delete(uploadId);
    },
  };
}

function assemble(upload: Upload, specs: PartSpecs): Omit<S3Object, 'lastModified'> {
  if (specs.length === 0) {
    throw new S3Error('MalformedXML', 'An upload is put together of one part at least, got none', 400);
  }
  const parts = specs.map((spec, index) => checkedPart(upload, specs, spec, index));
  const body = Buffer.concat(parts.map(part => part.body));
  const digest = createHash('md5')
    .update(Buffer.concat(parts.map(part => part.md5)))
    .digest('hex');
  const checksums = parts.map(part => part.checksum).filter(checksum => checksum !== undefined);
  let offset = 0;
  return {
    key: upload.key,
    body,
    contentType: upload.contentType,
    contentLength: body.length,
    etag: `"${digest}-${parts.length}"`,
    metadata: upload.metadata,
    ...upload.systemMetadata,
    parts: parts.map((part, index) => {
      const start = offset;
      offset += part.body.length;
      return { partNumber: specs[index]?.partNumber ?? 0, offset: start, length: part.body.length };
    }),
    ...(upload.algorithm &&
      checksums.length === parts.length && {
        checksumAlgorithm: upload.algorithm,
        checksumValue: compositeChecksum(upload.algorithm, checksums),
        checksumType: 'COMPOSITE',
        partChecksums: checksums,
      }),
  };
}

function checkedPart(upload: Upload, specs: PartSpecs, spec: PartSpecs[number], index: number): Part {
  const { partNumber } = spec;
  if (partNumber <= (specs[index - 1]?.partNumber ?? 0)) {
    throw new S3Error(
      'InvalidPartOrder',
      `The list of parts was not in ascending order, at part ${partNumber}`,
      400,
    );
  }
  const part = upload.parts.get(partNumber);
  if (!part || spec.etag.replaceAll('"', '') !== part.md5.toString('hex')) {
    throw new S3Error(
      'InvalidPart',
      `Part ${partNumber} was not uploaded, or not with the ETag ${spec.etag}`,
      400,
    );
  }
  if (index < specs.length - 1 && part.body.length < MIN_PART_BYTES) {
    const message = `Every part but the last must be at least ${MIN_PART_BYTES} bytes, part ${partNumber} has ${part.body.length}`;
    throw new S3Error('EntityTooSmall', message, 400);
  }
  return part;
}
