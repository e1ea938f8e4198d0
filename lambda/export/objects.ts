import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  ListPartsCommand,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';

/** What an export does in its bucket. */
export interface Objects {
  /** Undefined when it is not there. */
  read(key: string): Promise<{ readonly bytes: Buffer; readonly etag: string } | undefined>;
  /** @throws S3's PreconditionFailed or NoSuchKey, when `over` is not what is there. @returns the ETag */
  write(key: string, body: string | Buffer, options: WriteOptions): Promise<string>;
  /** Undefined when it is not there. */
  sizeOf(key: string): Promise<number | undefined>;
  remove(key: string): Promise<void>;
  /** Keys, in their order. */
  list(prefix: string): Promise<readonly string[]>;
  createUpload(key: string, contentType: string): Promise<string>;
  /** @returns the part's ETag */
  uploadPart(upload: Upload, partNumber: number, body: Buffer): Promise<string>;
  /** ETags of the parts 1 to `parts`, in their order. */
  listParts(upload: Upload, parts: number): Promise<readonly string[]>;
  /** Makes the object of these parts, where there is none. */
  complete(upload: Upload, etags: readonly string[]): Promise<void>;
  /** Is content with an upload that is not there. */
  abort(upload: Upload): Promise<void>;
  listUploads(prefix: string): Promise<readonly Upload[]>;
}

export interface Upload {
  readonly key: string;
  readonly uploadId: string;
}

export interface WriteOptions {
  /** The ETag of what is written over, or nothing, where there may be none. */
  readonly over: string | 'nothing' | 'anything';
  readonly contentType?: string;
}

export function createObjects(s3: S3Client, Bucket: string, signal?: AbortSignal): Objects {
  const options = signal ? { abortSignal: signal } : {};
  const at = ({ key, uploadId }: Upload) => ({ Bucket, Key: key, UploadId: uploadId });
  return {
    async read(key) {
      try {
        const { Body, ETag } = await s3.send(new GetObjectCommand({ Bucket, Key: key }), options);
        return {
          bytes: Buffer.from((await Body?.transformToByteArray()) ?? []),
          etag: answered(ETag, 'ETag'),
        };
      } catch (error) {
        ignore(error, 'NoSuchKey');
        return undefined;
      }
    },
    async write(key, body, { over, contentType }) {
      const condition = { nothing: { IfNoneMatch: '*' }, anything: {} }[over] ?? { IfMatch: over };
      const { ETag } = await s3.send(
        new PutObjectCommand({
          Bucket,
          Key: key,
          Body: body,
          ...(contentType && { ContentType: contentType }),
          ...condition,
        }),
        options,
      );
      return answered(ETag, 'ETag');
    },
    async sizeOf(key) {
      try {
        const { ContentLength } = await s3.send(new HeadObjectCommand({ Bucket, Key: key }), options);
        return answered(ContentLength, 'ContentLength');
      } catch (error) {
        ignore(error, 'NotFound');
        return undefined;
      }
    },
    async remove(key) {
      await s3.send(new DeleteObjectCommand({ Bucket, Key: key }), options);
    },
    async list(prefix) {
      const keys: string[] = [];
      for (let token: string | undefined; ; ) {
        const page = await s3.send(
          new ListObjectsV2Command({ Bucket, Prefix: prefix, ...(token && { ContinuationToken: token }) }),
          options,
        );
        for (const { Key } of page.Contents ?? []) keys.push(answered(Key, 'Key'));
        token = page.NextContinuationToken;
        if (token === undefined) return keys;
      }
    },
    async createUpload(key, contentType) {
      const { UploadId } = await s3.send(
        new CreateMultipartUploadCommand({ Bucket, Key: key, ContentType: contentType }),
        options,
      );
      return answered(UploadId, 'UploadId');
    },
    async uploadPart(upload, partNumber, body) {
      const { ETag } = await s3.send(
        new UploadPartCommand({ ...at(upload), PartNumber: partNumber, Body: body }),
        options,
      );
      return answered(ETag, 'ETag');
    },
    async listParts(upload, parts) {
      const etags: string[] = [];
      for (let marker: string | undefined; ; ) {
        const page = await s3.send(
          new ListPartsCommand({ ...at(upload), ...(marker && { PartNumberMarker: marker }) }),
          options,
        );
        for (const { PartNumber, ETag } of page.Parts ?? []) {
          // Of a process that was ended there may be later ones.
          if (PartNumber === etags.length + 1 && PartNumber <= parts) etags.push(answered(ETag, 'ETag'));
        }
        marker = page.NextPartNumberMarker;
        if (!page.IsTruncated) return etags;
      }
    },
    async complete(upload, etags) {
      await s3.send(
        new CompleteMultipartUploadCommand({
          ...at(upload),
          MultipartUpload: { Parts: etags.map((ETag, index) => ({ ETag, PartNumber: index + 1 })) },
          IfNoneMatch: '*',
        }),
        options,
      );
    },
    async abort(upload) {
      await s3
        .send(new AbortMultipartUploadCommand(at(upload)), options)
        .catch(error => ignore(error, 'NoSuchUpload'));
    },
    async listUploads(prefix) {
      const uploads: Upload[] = [];
      for (let next: { KeyMarker?: string; UploadIdMarker?: string } = {}; ; ) {
        const page = await s3.send(
          new ListMultipartUploadsCommand({ Bucket, Prefix: prefix, ...next }),
          options,
        );
        for (const { Key = '', UploadId = '' } of page.Uploads ?? [])
          uploads.push({ key: Key, uploadId: UploadId });
        if (!page.IsTruncated) return uploads;
        next = {
          KeyMarker: answered(page.NextKeyMarker, 'NextKeyMarker'),
          UploadIdMarker: answered(page.NextUploadIdMarker, 'NextUploadIdMarker'),
        };
      }
    },
  };
}

/** @throws the error, if it is another one */
function ignore(error: unknown, name: string): void {
  if (!(error instanceof Error && error.name === name)) throw error;
}

function answered<Value>(value: Value | undefined, name: string): Value {
  if (value === undefined) throw new Error(`S3 has answered no ${name}`);
  return value;
}
