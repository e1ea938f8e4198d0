import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import {
  createWorkflowClient,
  type ExportedFile,
  type WorkflowClient,
  type WorkflowConfig,
  type WorkflowRun,
} from 'cdk-background-jobs/tasks';
import type { LocalApp } from 'cdk-background-jobs/testing';
import { exportOrders } from '../app/exports/export-orders.ts';
import { findWrongRow } from './read-export.ts';

const ORDERS = 200_000;

const FORMATS = ['csv', 'ndjson'] as const;

/** The function's process is killed once it has made that many requests to S3: in the middle of a file. */
const REQUESTS_BEFORE_THE_CRASH = 9;

/** Two exports of the same orders, one of which loses its process on the way. */
export interface RunningExports {
  /** One line: how far each of them is. */
  progress(): Promise<string>;
  /** Waits for both and reads their files, row by row. @returns what there is to say of each, and whether all is right */
  conclude(): Promise<{ readonly lines: readonly string[]; readonly right: boolean }>;
}

export async function startExports(app: LocalApp): Promise<RunningExports> {
  const { client, functionName } = connect(app);
  const s3 = new S3Client(app.clientConfig);
  const crash = app.faults.add({
    service: 's3',
    kind: 'crashAfter',
    caller: functionName,
    skip: REQUESTS_BEFORE_THE_CRASH,
    times: 1,
  });
  const runIds: string[] = [];
  for (const format of FORMATS) {
    const request = { tenantId: 'acme', orders: ORDERS, format };
    runIds.push((await client.startWorkflow(exportOrders, request)).runId);
  }
  return {
    async progress() {
      const runs = await Promise.all(runIds.map(runId => client.getWorkflowRun(exportOrders, runId)));
      return FORMATS.map((format, index) => `${format} ${progressOf(runs[index])}`).join(', ');
    },
    async conclude() {
      const ended = await Promise.all(
        runIds.map(runId => client.waitForWorkflowRun(exportOrders, runId, { timeout: '50s' })),
      );
      const wrong = await Promise.all(ended.map(run => wrongIn(s3, run)));
      const lines = ended.map(({ output }, index) => {
        const verdict = wrong[index] ?? `${output?.rows} rows, each as in the source`;
        return `${output?.fileName ?? FORMATS[index]}: ${sizeOf(output)}, ${verdict}`;
      });
      lines.push(`the function of the exports was killed ${crash.count} time(s) in the middle of a file`);
      return { lines, right: crash.count === 1 && wrong.every(each => each === undefined) };
    },
  };
}

function connect(app: LocalApp): { readonly client: WorkflowClient; readonly functionName: string } {
  const fn = app.functions.find(({ environment }) => environment.BACKGROUND_JOBS_EXPORT_BUCKET);
  const workflows = JSON.parse(fn?.environment.BACKGROUND_JOBS_WORKFLOWS ?? '[]') as WorkflowConfig[];
  const client = createWorkflowClient({
    workflows,
    dynamodb: new DynamoDBClient(app.clientConfig),
    sfn: new SFNClient(app.clientConfig),
  });
  return { client, functionName: fn?.name ?? '' };
}

function progressOf(run: WorkflowRun | undefined): string {
  return run?.status === 'succeeded' ? 'done' : (run?.progress?.message ?? 'begins');
}

async function wrongIn(s3: S3Client, run: WorkflowRun<ExportedFile>): Promise<string | undefined> {
  if (!run.output) return `${run.status}, ${run.error?.message}`;
  return await findWrongRow(s3, run.output, ORDERS);
}

function sizeOf(file: ExportedFile | undefined): string {
  return `${((file?.bytes ?? 0) / 1e6).toFixed(1)} MB`;
}
