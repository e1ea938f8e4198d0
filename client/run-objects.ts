import type { S3Client } from '@aws-sdk/client-s3';
import type { Clock } from '../contract/clock.ts';
import type { QueueConfig } from '../contract/environment.ts';
import { fitsRef, type ObjectRef, objectKey } from '../contract/object-ref.ts';

/** What runs have in a queue's payload bucket. */
export interface RunObjects {
  /** Stores a text where it is not stored yet. */
  put(runId: string, ref: ObjectRef, text: string): Promise<void>;
  /** @throws ObjectLostError when it is not there, or is not what was stored */
  get(runId: string, ref: ObjectRef, signal?: AbortSignal): Promise<string>;
  delete(runId: string, ref: ObjectRef): Promise<void>;
}

/** What a run has in the payload bucket is not there any more, or is something else. */
export class ObjectLostError extends Error {
  override readonly name = 'ObjectLostError';
}

/** Before a write is repeated that met another one of the same object. */
const CONFLICT_RETRY_MS = 100;
const MAX_CONFLICTS = 20;

/** @param s3 called at the first use: the client is large, and few runs need it */
export function createRunObjects(
  queue: QueueConfig & { readonly payloads: string },
  s3: () => Promise<S3Client>,
  clock: Clock,
): RunObjects {
  const Bucket = queue.payloads;
  const at = (runId: string, ref: ObjectRef) => ({ Bucket, Key: objectKey(queue, runId, ref) });
  return {
    async put(runId, ref, text) {
      const { PutObjectCommand } = await import('@aws-sdk/client-s3');
      const client = await s3();
      for (let conflicts = 0; ; conflicts++) {
        const command = new PutObjectCommand({
          ...at(runId, ref),
          Body: text,
          ContentType: 'application/json',
          IfNoneMatch: '*',
        });
        try {
          await client.send(command);
          return;
        } catch (error) {
          if (isNamed(error, 'PreconditionFailed')) return; // Stored before: the key is made of what is stored.
          // Another write of the same object is not over yet.
          // https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
          if (!isNamed(error, 'ConditionalRequestConflict') || conflicts === MAX_CONFLICTS) throw error;
          await clock.sleep(CONFLICT_RETRY_MS);
        }
      }
    },

    async get(runId, ref, signal) {
      const { GetObjectCommand } = await import('@aws-sdk/client-s3');
      const client = await s3();
      const place = at(runId, ref);
      const where = `${place.Bucket}/${place.Key}`;
      try {
        const { Body, ContentLength } = await client.send(new GetObjectCommand(place), {
          ...(signal && { abortSignal: signal }),
        });
        // Of another length, it is not read at all: it may be of any.
        const text = ContentLength === ref.bytes ? await Body?.transformToString() : undefined;
        if (text !== undefined && fitsRef(text, ref)) return text;
        throw new ObjectLostError(
          `${where} is not what was stored there: ${ref.bytes} bytes with the hash ${ref.sha256} were, now there are ` +
            `${ContentLength} others`,
        );
      } catch (error) {
        if (!isNamed(error, 'NoSuchKey')) throw error;
        throw new ObjectLostError(
          `${where} is not there: the bucket's lifecycle, or somebody, has deleted it; restore it, and redrive the run`,
        );
      }
    },

    async delete(runId, ref) {
      const { DeleteObjectCommand } = await import('@aws-sdk/client-s3');
      await (await s3()).send(new DeleteObjectCommand(at(runId, ref)));
    },
  };
}

/** By the name: its class would have to be loaded. */
function isNamed(error: unknown, name: string): boolean {
  return error instanceof Error && error.name === name;
}
