import { afterAll, beforeAll, expect, test } from 'vitest';
import * as z from 'zod';
import { defineExport, type ExportDefinition } from '../../contract/export/define-export.ts';
import { defineStep } from '../../contract/workflow/step.ts';
import type { ExportHandler } from '../../lambda/export/export-handler.ts';
import { ndjson } from '../../lambda/export/json.ts';
import { handleStep } from '../../lambda/workflow/handle-step.ts';
import { type StartedS3, startS3 } from '../local/s3/start-s3.ts';
import { startExports } from './start-exports.ts';

let s3: StartedS3;
beforeAll(async () => {
  s3 = await startS3();
});
afterAll(() => s3.stop());

const request = z.object({ partition: z.string().optional() });
type Handler = ExportHandler<z.output<typeof request>, object, number>;

const tell = defineStep({ name: 'tell', input: z.object({ key: z.string() }), output: z.null() });

const readPage: Handler['readPage'] = ({ partition }, cursor = 0) => ({
  rows: [{ partition, id: cursor }],
  nextCursor: cursor < 2 ? cursor + 1 : undefined,
});
const common = { tenant: () => 'acme', format: ndjson(), readPage };

const EXPORTS: readonly [string, ExportDefinition<string, typeof request>, Handler, number][] = [
  [
    'in one file',
    defineExport({
      name: 'whole',
      request,
      prepare: { every: '30s', timeout: '5m' },
      notify: flow => flow.step(tell, ({ value }) => ({ key: value.key })),
    }),
    { ...common, prepare: () => true },
    1,
  ],
  [
    'in partitions',
    defineExport({ name: 'partitions', request, partitions: { concurrency: 2 } }),
    { ...common, partitions: () => ['a', 'b'].map(name => ({ name, request: { partition: name } })) },
    3,
  ],
];

/** Prepared, planned, written, put together, told of and cleaned up: the function fails in each of these. */
test.each(
  EXPORTS,
)('an export %s whose function fails at any one of its requests is complete, and leaves nothing else', async (how, definition, handler, files) => {
  let failAt = 0;
  const requests: string[] = [];
  const walk = await startExports(s3, definition, handler, {
    steps: how === 'in one file' ? [handleStep(tell, () => null)] : [],
    tellEnds: false,
    async onRequest(name) {
      requests.push(name);
      if (requests.length === failAt) throw new Error(`the connection was lost before ${name}`);
    },
  });

  const wrong: unknown[] = [];
  do {
    failAt += 1;
    requests.length = 0;
    const runId = await walk.start({});
    await walk.advanceTo(10 * 60_000);
    // As Lambda does with an invocation that has failed.
    for (const end of walk.untold.splice(0)) await walk.invoke(end).catch(() => walk.invoke(end));
    const run = await walk.get(runId);
    const left = await walk.inS3(runId);
    const isRight = left.length === files && left.every(key => key.startsWith('exports/'));
    if (run?.status !== 'succeeded' || run.output?.rows !== 3 * Math.max(1, files - 1) || !isRight) {
      wrong.push({ failAt, before: requests[failAt - 1], run, left });
    }
  } while (requests.length >= failAt);
  expect(wrong).toEqual([]);
  expect(failAt).toBeGreaterThan(20);
});
