import { createHmac } from 'node:crypto';
import { DeleteObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { expect } from 'vitest';
import { DOOR_SECRET, keepParcel } from '../fixtures/parcels.ts';
import type { World } from '../world.ts';
import { MINUTE_MS, type Scenario } from './scenario.ts';

/** SQS does not take it. */
const LARGE = 'x'.repeat(1_100_000);

/** A signed delivery is a run, once; its payload and its step go through the bucket, of which nothing is left. */
export const takesDeliveries: Scenario = async world => {
  expect(await deliver(world, { id: '1', secret: 'of another', text: LARGE })).toBe(401);
  expect(await deliver(world, { id: '2', text: LARGE })).toBe(202);
  expect(await deliver(world, { id: '2', text: LARGE })).toBe(202);
  await world.advance(MINUTE_MS);
  const result = { subject: '2', length: LARGE.length, copied: 100_005 };
  expect(await runs(world)).toMatchObject([{ status: 'succeeded', attempt: 2, result }]);
  expect(await withObjects(world, async (_, keys) => keys)).toEqual([]);
  await givesUpLostPayloads(world);
};

/** What was removed behind a run's back is not waited for. */
const givesUpLostPayloads: Scenario = async world => {
  const { runId } = await world.client.sendTask(keepParcel, { subject: 'lost', text: LARGE });
  await withObjects(world, async (s3, keys, Bucket) => {
    expect(keys).toHaveLength(1);
    for (const Key of keys) await s3.send(new DeleteObjectCommand({ Bucket, Key }));
  });
  await world.advance(MINUTE_MS);
  const error = { name: 'ObjectLostError' };
  expect(await world.client.getRun(runId)).toMatchObject({ status: 'deadLettered', error });
};

export const ringsForDeliveries: Scenario = async world => {
  const ringing = () =>
    world.alarmChanges.flatMap(({ name, to }) =>
      to === 'ALARM' ? /DoorAlarms(\w+?)[0-9A-F]{8}/.exec(name)?.[1] : [],
    );
  expect(await deliver(world, { id: '1', secret: 'of another' })).toBe(401);
  await world.advance(6 * MINUTE_MS);
  expect(ringing()).toEqual(['Refused']);
  // No parcel.
  expect(await deliver(world, { id: '2', text: 3 })).toBe(502);
  await world.advance(6 * MINUTE_MS);
  expect(ringing()).toEqual(['Refused', 'Failed']);
  world.faults.add({ function: String(world.functionUrls[0]?.functionName), kind: 'throttle', times: 1 });
  expect(await deliver(world, { id: '3' })).toBe(429);
  await world.advance(6 * MINUTE_MS);
  expect(ringing()).toEqual(['Refused', 'Failed', 'Throttled', 'Refused']);
};

interface Delivery {
  readonly id: string;
  readonly secret?: string;
  readonly text?: string | number;
}

/** @returns the answer's status */
async function deliver({ functionUrls }: World, delivery: Delivery): Promise<number> {
  const { id, secret = DOOR_SECRET, text = '' } = delivery;
  const body = JSON.stringify({ subject: id, text });
  const signature = createHmac('sha256', secret).update(body).digest('hex');
  const headers = { 'x-github-delivery': id, 'x-hub-signature-256': `sha256=${signature}` };
  const response = await fetch(String(functionUrls[0]?.url), { method: 'POST', headers, body });
  return response.status;
}

export async function runs({ client }: World) {
  return (await client.listRuns({ task: keepParcel })).runs;
}

/** Does this with what is in the payload bucket. */
async function withObjects<T>(
  { buckets, clientConfig }: World,
  work: (s3: S3Client, keys: readonly string[], bucket: string) => Promise<T>,
): Promise<T> {
  const s3 = new S3Client({ ...clientConfig, forcePathStyle: true });
  try {
    const bucket = String(buckets[0]?.name);
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: bucket }));
    return await work(
      s3,
      Contents.map(({ Key = '' }) => Key),
      bucket,
    );
  } finally {
    s3.destroy();
  }
}
