import { HeadObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { Handler } from 'cdk-background-jobs/lambda';
import { required } from '../../environment.ts';
import type { inspectUpload } from '../tasks.ts';

const s3 = new S3Client();
const bucket = required('BUCKET');

/** Reads what S3 knows of the object. An object that is gone by then is S3's error, and one that replaced it is read. */
export const inspectUploadHandler: Handler<typeof inspectUpload> = async ({ key, size }, run) => {
  const input = { Bucket: bucket, Key: key };
  const { ContentType, ContentLength } = await s3.send(new HeadObjectCommand(input), {
    abortSignal: run.signal,
  });
  return { key, contentType: ContentType, replaced: ContentLength !== size };
};
