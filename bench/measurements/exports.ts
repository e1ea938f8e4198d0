import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { DeleteObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { GetExecutionHistoryCommand, SFNClient } from '@aws-sdk/client-sfn';
import { createWorkflowClient } from 'cdk-background-jobs/tasks';
import { exportRows } from '../app/exports.ts';
import type { Bench } from '../harness/bench.ts';
import { type BenchEngine, startBenchEngine } from '../harness/engine.ts';
import type { ExportMeasured } from '../harness/export-process.ts';
import { atLeast, atMost, type Figure, tracked } from '../harness/figure.ts';
import { takeTurns } from '../harness/take-turns.ts';

const FUNCTION = 'Exports/Rows/Workflow/Steps';
const HEAP = ['--max-old-space-size=128'];

/** 128 MB in all: of young objects there are three semi-spaces. */
const CAP = { oldMb: 104, semiSpaceMb: 8 };
const CAPPED = [`--max-old-space-size=${CAP.oldMb}`, `--max-semi-space-size=${CAP.semiSpaceMb}`];

/** An export's speed against a stream's, its memory by its size, and its state transitions. */
export async function exports(bench: Bench): Promise<readonly Figure[]> {
  const engine = await startBenchEngine(bench.assembly.folder, 'Exports');
  try {
    const many = bench.quick ? 200_000 : 1_000_000;
    const rounds = bench.quick ? 1 : 7;
    const rowsPerSecond = (kind: 'ours' | 'stream') => async () =>
      (many / (await exportOnce(bench, engine, kind, many, HEAP)).ms) * 1000;
    const speed = await takeTurns(rounds, rowsPerSecond('ours'), rowsPerSecond('stream'));
    const peak = (rows: number) => async () =>
      (await exportOnce(bench, engine, 'ours', rows, CAPPED)).peakBytes / 1e6;
    const few = many / 10;
    const memory = await takeTurns(rounds, peak(many), peak(few));
    return [
      atLeast(0.9, {
        name: 'export-speed-ratio',
        value: speed.ratio,
        unit: 'ratio',
        how:
          `rows a second of an export of ${many} rows to CSV, against csv-stringify's stream into parts of the same size ` +
          `(${speed.a.toFixed()} and ${speed.b.toFixed()}); ${rounds} pairs of fresh processes in turns, median`,
      }),
      atMost(1.1, {
        name: 'export-memory-growth',
        value: memory.ratio,
        unit: 'ratio',
        how:
          `peak memory of the exporting process, its heap capped at ${CAP.oldMb + 3 * CAP.semiSpaceMb} MB, with ${many} rows over that with ` +
          `${few} (${memory.a.toFixed()} and ${memory.b.toFixed()} MB); ${rounds} pairs in turns, median`,
      }),
      tracked({
        name: 'export-transitions',
        value: await countTransitions(engine),
        unit: 'transitions',
        how: 'states that an execution enters, for an export into one file that is done in one turn',
      }),
    ];
  } finally {
    await engine.stop();
  }
}

/** One process; what it leaves in S3 is removed. */
async function exportOnce(
  { assembly }: Bench,
  engine: BenchEngine,
  kind: 'ours' | 'stream',
  rows: number,
  execArgv: string[],
): Promise<ExportMeasured> {
  const environment = engine.environmentOf(FUNCTION);
  const runId = randomUUID();
  await putRun(engine, runId);
  const child = fork(
    new URL('../harness/export-process.ts', import.meta.url),
    [kind, assembly.bundleAt(FUNCTION), runId, String(rows)],
    {
      env: { ...environment },
      execArgv,
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    },
  );
  const [measured] = (await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(([code]) => {
      throw new Error(`the process that exports (${kind}) ended with ${code}`);
    }),
  ])) as [ExportMeasured];
  await empty(new S3Client(engine.clientConfig), environment.BACKGROUND_JOBS_EXPORT_BUCKET ?? '');
  return measured;
}

/** As its start and its state machine would have left it. */
async function putRun({ dynamodb, workflows }: BenchEngine, runId: string): Promise<void> {
  const now = { N: String(Date.now()) };
  await dynamodb.send(
    new PutItemCommand({
      TableName: workflows[0]?.table,
      Item: {
        runId: { S: runId },
        workflow: { S: exportRows.name },
        status: { S: 'running' },
        epoch: { N: '0' },
        createdAt: now,
        updatedAt: now,
      },
    }),
  );
}

async function empty(s3: S3Client, Bucket: string): Promise<void> {
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket }));
  for (const { Key } of Contents) await s3.send(new DeleteObjectCommand({ Bucket, Key }));
}

async function countTransitions(engine: BenchEngine): Promise<number> {
  const sfn = new SFNClient(engine.clientConfig);
  const client = createWorkflowClient({ ...engine, sfn });
  const { runId } = await client.startWorkflow(exportRows, { rows: 1000 });
  const { status } = await client.waitForWorkflowRun(exportRows, runId, { timeout: '1m' });
  if (status !== 'succeeded') throw new Error(`the export is ${status}`);
  const machine = engine.workflows[0]?.machine ?? '';
  const executionArn = `${machine.replace(':stateMachine:', ':execution:')}:${runId}`;
  const { events = [] } = await sfn.send(new GetExecutionHistoryCommand({ executionArn }));
  return events.filter(({ type }) => type?.endsWith('StateEntered')).length;
}
