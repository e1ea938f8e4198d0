import { ListMultipartUploadsCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { createDownloadUrl } from 'cdk-background-jobs/tasks';
import { expect } from 'vitest';
import { asApplication } from '../application.ts';
import { exportNumbers } from '../fixtures/numbers.ts';
import type { World } from '../world.ts';
import { MINUTE_MS, type Scenario } from './scenario.ts';

/** Of a run that is canceled nothing is left; of one that succeeds, its files, which the application reads. */
export const exportsNumbers: Scenario = world =>
  asApplication(world, async ({ workflows, s3 }) => {
    const start = async () => (await workflows.startWorkflow(exportNumbers, { file: 'both' })).runId;
    const canceled = await start();
    await world.advance(MINUTE_MS);
    const begun = [
      expect.stringMatching(/-first\.ndjson$/),
      expect.stringMatching(/^upload of .*-second\.ndjson$/),
    ];
    expect(await inS3(world)).toEqual(expect.arrayContaining(begun));
    await workflows.cancelWorkflowRun(exportNumbers, canceled);
    await world.idle();
    expect(await inS3(world)).toEqual([]);

    const run = await start();
    await world.advance(40 * MINUTE_MS);
    const { status, output } = (await workflows.getWorkflowRun(exportNumbers, run)) ?? {};
    expect({ status, rows: output?.rows }).toEqual({ status: 'succeeded', rows: 4 });
    const told: unknown[] = world.notifications.map(({ message }) => JSON.parse(message));
    expect(told).toEqual([{ runId: run, file: output }]);
    expect(await inS3(world)).toEqual([
      expect.stringMatching(/-first\.ndjson$/),
      expect.stringMatching(/-second\.ndjson$/),
      expect.stringMatching(/\.manifest\.json$/),
    ]);

    if (output === undefined) throw new Error('there is no manifest');
    const clock = { now: () => world.now().getTime(), sleep: world.advance };
    const response = await fetch(await createDownloadUrl(output, { s3, clock }));
    if (!response.ok) throw new Error(await response.text());
  });

/** Objects, and uploads that are under way. */
async function inS3({ buckets, clientConfig }: World): Promise<string[]> {
  const s3 = new S3Client({ ...clientConfig, forcePathStyle: true });
  try {
    const Bucket = buckets[0]?.name;
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket }));
    const { Uploads = [] } = await s3.send(new ListMultipartUploadsCommand({ Bucket }));
    return [...Contents.map(({ Key = '' }) => Key), ...Uploads.map(({ Key }) => `upload of ${Key}`)];
  } finally {
    s3.destroy();
  }
}
