import { GetObjectCommand, NoSuchKey, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { Handler } from 'cdk-background-jobs/lambda';
import { NonRetryableError } from 'cdk-background-jobs/lambda';
import { toAvatar } from '../../avatar/avatar.ts';
import { required } from '../../environment.ts';
import type { resizeAvatar } from '../tasks.ts';

const s3 = new S3Client();
const bucket = required('BUCKET');

/** The same source gives the same object under the same key, so a second attempt changes nothing. */
export const resizeAvatarHandler: Handler<typeof resizeAvatar> = async ({ userId, sourceKey }, run) => {
  const source = await readSource(sourceKey, run.signal);
  const key = `avatars/${userId}.png`;
  await s3.send(
    new PutObjectCommand({
      Bucket: bucket,
      Key: key,
      Body: await toAvatar(source),
      ContentType: 'image/png',
    }),
    { abortSignal: run.signal },
  );
  return { key };
};

async function readSource(key: string, abortSignal: AbortSignal): Promise<Buffer> {
  try {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }), { abortSignal });
    return Buffer.from((await Body?.transformToByteArray()) ?? []);
  } catch (error) {
    if (!(error instanceof NoSuchKey)) throw error;
    throw new NonRetryableError(`There is no object ${key}: upload it before the task is sent`, {
      cause: error,
    });
  }
}
