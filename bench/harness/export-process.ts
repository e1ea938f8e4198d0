/** The main module of a process that exports rows once: `export-process.ts ours|stream <bundle> <run id> <rows>`. */
import { createRequire } from 'node:module';
import { streamExport } from '../baselines/stream-export.ts';

/** What the process tells. */
export interface ExportMeasured {
  readonly ms: number;
  readonly peakBytes: number;
}

const [kind, bundle = '', runId = '', rowsText = ''] = process.argv.slice(2);
const rows = Number(rowsText);

const exportAll = kind === 'ours' ? ours() : () => streamExport(bucket(), `exports/stream/${runId}`, rows);
const startedAt = performance.now();
await exportAll();
const ms = performance.now() - startedAt;
process.send?.({ ms, peakBytes: process.resourceUsage().maxRSS * 1024 } satisfies ExportMeasured);
process.disconnect();

/** The step, as the state machine asks for it. */
function ours(): () => Promise<void> {
  const { handler } = createRequire(import.meta.url)(bundle) as {
    handler: (event: unknown) => Promise<{ value: { done: boolean } }>;
  };
  const input = { request: { rows }, done: false };
  return async () => {
    const { value } = await handler({ kind: 'step', runId, step: 'write-export', input, attempt: 1 });
    if (!value.done) throw new Error('the export was not done in one turn');
  };
}

function bucket(): string {
  return process.env.BACKGROUND_JOBS_EXPORT_BUCKET ?? '';
}
