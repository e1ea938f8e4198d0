import { crc32 } from 'node:zlib';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as z from 'zod';
import { defineExport, type ExportDefinition } from '../../contract/export/define-export.ts';
import { defineStep } from '../../contract/workflow/step.ts';
import type { ExportHandler } from '../../lambda/export/export-handler.ts';
import { ndjson } from '../../lambda/export/json.ts';
import { handleStep } from '../../lambda/workflow/handle-step.ts';
import type { FakeClock } from '../local/fake-clock.ts';
import { type StartedS3, startS3 } from '../local/s3/start-s3.ts';
import { startExports } from './start-exports.ts';

let s3: StartedS3;
beforeAll(async () => {
  s3 = await startS3();
});
afterAll(() => s3.stop());

/** Less than an attempt's: what goes on beside the end is not ended by that. */
const TIMEOUT = '13m';
const TIMEOUT_MS = 13 * 60_000;
const request = z.object({ readyAt: z.number(), partition: z.string().optional() });
type Passing = Pick<FakeClock, 'now' | 'advance'>;
type Handler = ExportHandler<z.output<typeof request>, object, number>;

const tell = defineStep({ name: 'tell', input: z.object({ key: z.string() }), output: z.null() });

/** All phases that there are: it is prepared, written in two parts and two turns, and told of. */
const whole = defineExport({
  name: 'whole',
  request,
  timeout: TIMEOUT,
  prepare: { every: '30s', timeout: '2m' },
  notify: flow => flow.step(tell, ({ value }) => ({ key: value.key })),
});

const inPartitions = defineExport({
  name: 'partitions',
  request,
  timeout: TIMEOUT,
  partitions: { concurrency: 2 },
});

const TEXT = 'x'.repeat(8.5 * 1024 * 1024);

const common = { tenant: () => 'acme', format: ndjson() };

const wholeHandler = (clock: Passing): Handler => ({
  ...common,
  prepare: ({ readyAt }) => clock.now() >= readyAt,
  readPage(_, cursor = 0) {
    // No time is left for another page, and there is something that is not enough for a part.
    if (cursor === 1) clock.advance(12 * 60_000);
    return {
      rows: [{ id: cursor, ...(cursor === 0 && { text: TEXT }) }],
      nextCursor: cursor < 2 ? cursor + 1 : undefined,
    };
  },
});

const partitionsHandler: Handler = {
  ...common,
  partitions: ({ readyAt }) =>
    ['a', 'b'].map(partition => ({ name: partition, request: { readyAt, partition } })),
  readPage: ({ partition }, cursor = 0) => ({
    rows: [{ partition, id: cursor }],
    nextCursor: cursor === 0 ? 1 : undefined,
  }),
};

/** Runs of an export that can be ended right before a request of theirs; the function goes on beside their end. */
async function startWalk(
  definition: ExportDefinition<string, typeof request>,
  handler: (clock: Passing) => Handler,
) {
  let beforeRequest: (name: string) => Promise<void> = async () => {};
  let onEnded: () => void = () => {};
  let clock: FakeClock | undefined;
  const later = { now: () => clock?.now() ?? 0, advance: (ms: number) => clock?.advance(ms) };
  const exports = await startExports(s3, definition, handler(later), {
    steps: definition === whole ? [handleStep(tell, () => null)] : [],
    onRequest: name => beforeRequest(name),
    onEnded: () => onEnded(),
  });
  clock = exports.clock;
  return {
    ...exports,
    /** @returns the run's id, and the requests that it made */
    async run(endAt: number, end: (runId: string, startedAt: number) => Promise<unknown>) {
      const requests: string[] = [];
      const started = Promise.withResolvers<string>();
      const cleanedUp = new Promise<void>(resolve => {
        onEnded = resolve;
      });
      beforeRequest = async name => {
        // What follows its end is the clean-up's, and of a function that does not know of it yet.
        if (exports.statuses.at(-1) !== 'RUNNING') return;
        requests.push(name);
        if (requests.length !== endAt) return;
        await end(await started.promise, startedAt);
        await cleanedUp;
      };
      const startedAt = exports.clock.now();
      const runId = await exports.start({ readyAt: startedAt + 20_000 });
      started.resolve(runId);
      await exports.advanceTo(60_000);
      await cleanedUp;
      return { runId, requests };
    },
  };
}

type Walk = Awaited<ReturnType<typeof startWalk>>;

/** What S3 has of the run, as its files' names with the checksum of each. */
async function filesOf(walk: Walk, runId: string): Promise<string[]> {
  const keys = await walk.inS3(runId);
  return await Promise.all(
    keys.map(async key => {
      if (key.startsWith('upload of')) return key;
      const { Body } = await s3.client.send(new GetObjectCommand({ Bucket: 'photos', Key: key }));
      const text = (await Body?.transformToString()) ?? '';
      // A manifest has the run's own keys in it.
      const checksum = crc32(key.endsWith('.manifest.json') ? '' : text);
      return `${key.slice(key.lastIndexOf('/') + 1)} ${checksum}`;
    }),
  );
}

const EXPORTS = [
  ['in one file', whole, wholeHandler],
  ['in partitions', inPartitions, () => partitionsHandler],
] as const;

const ENDS = [
  [
    'canceled',
    'Canceled',
    (walk: Walk, definition: ExportDefinition<string, typeof request>) => (runId: string) =>
      walk.client.cancelWorkflowRun(definition, runId),
  ],
  [
    'timedOut',
    'WorkflowTimeout',
    (walk: Walk) => async (_: string, startedAt: number) =>
      walk.clock.advance(startedAt + TIMEOUT_MS - walk.clock.now()),
  ],
] as const;

test.each(
  EXPORTS.flatMap(([how, ...made]) =>
    ENDS.map(([status, ...ended]) => [how, status, ...made, ...ended] as const),
  ),
)('an export %s that is %s before any of its requests has left all of its files, or nothing', async (_, status, definition, handler, errorName, endOf) => {
  const walk = await startWalk(definition, handler);
  const complete = await walk.run(0, async () => {});
  expect((await walk.get(complete.runId))?.status).toBe('succeeded');
  const files = await filesOf(walk, complete.runId);
  const end = endOf(walk, definition);

  const seen = new Set<string>();
  const wrong: unknown[] = [];
  for (let endAt = 1; endAt <= complete.requests.length; endAt++) {
    const { runId, requests } = await walk.run(endAt, end);
    const run = await walk.get(runId);
    const left = await filesOf(walk, runId);
    seen.add(left.length === 0 ? 'nothing' : 'all');
    const isRight = left.length === 0 || left.join() === files.join();
    if (run?.status !== status || run.error?.name !== errorName || !isRight) {
      wrong.push({ endAt, before: requests[endAt - 1], status: run?.status, error: run?.error, left });
    }
  }
  expect(wrong).toEqual([]);
  expect(seen).toEqual(new Set(['nothing', 'all']));
});
