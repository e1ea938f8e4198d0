import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { S3Client } from '@aws-sdk/client-s3';
import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { Clock } from '../../contract/clock.ts';
import {
  type ExportDefinition,
  type ExportTurn,
  FINISH_STEP,
  PLAN_STEP,
  PREPARE_STEP,
  WRITE_STEP,
} from '../../contract/export/define-export.ts';
import type { ExportedFile } from '../../contract/export/exported-file.ts';
import { validateValue } from '../../contract/workflow/validate.ts';
import { handleStep, type StepHandler } from '../workflow/handle-step.ts';
import { RunEndedError } from '../workflow/run-ended.ts';
import type { StepRun } from '../workflow/step-run.ts';
import type { ExportHandler } from './export-handler.ts';
import { type ExportPlan, loadPlan, planOf, savePlan } from './export-plan.ts';
import { createExportStore } from './export-store.ts';
import { newFolder, targetOf } from './export-target.ts';
import { createObjects, type Objects } from './objects.ts';
import { createPartitionProgress } from './partition-progress.ts';
import { removeHalfMade } from './remove-half-made.ts';
import type { RunPlace } from './run-place.ts';
import { paced, tellProgress } from './tell-progress.ts';
import { writeExport } from './write-export.ts';
import { writeManifest } from './write-manifest.ts';

type AnyHandler = ExportHandler<unknown, object, unknown>;

/** What the steps work with. */
export interface ExportFunction {
  readonly definition: ExportDefinition;
  readonly handler: AnyHandler;
  readonly s3: S3Client;
  readonly bucket: string;
  readonly dynamodb: DynamoDBClient;
  readonly table: string;
  readonly clock: Clock;
}

/** One attempt of a step. */
interface Turn {
  readonly fn: ExportFunction;
  readonly run: StepRun;
  readonly place: RunPlace;
  readonly objects: Objects;
  readonly request: unknown;
  hasTime(): boolean;
}

/** Pages are read for so long; what is left of the step's fourteen minutes is for the last one and what it ends with. */
const READING_MS = 12 * 60_000;

export function exportSteps(fn: ExportFunction): readonly StepHandler[] {
  const { handler } = fn;
  const prepare = handleStep(PREPARE_STEP, async (given, run) =>
    inTurn(fn, run, given, async ({ request }) => {
      // What cannot be written is not waited for.
      targetOf(fn.definition.name, handler, request);
      return { done: (await handler.prepare?.(request, run)) === true };
    }),
  );
  const plan = handleStep(PLAN_STEP, async (given, run) =>
    inTurn(fn, run, given, async turn => {
      const { partitions } = await findPlan(turn);
      // If the run was canceled meanwhile, nobody else knows of the plan.
      await run.progress(0, `0 rows, 0 of ${partitions.length} partitions`);
      return { partitions: [...partitions.keys()] };
    }),
  );
  const write = handleStep(WRITE_STEP, async (asked, run) =>
    inTurn(fn, run, asked.request, async turn => {
      const { partition } = asked;
      const file =
        partition === undefined
          ? await writeFile(turn)
          : await writePartition(turn, await findPlan(turn), partition);
      // Of a partition, the manifest will tell.
      return answer(asked, file !== undefined, partition === undefined ? file : undefined);
    }),
  );
  const finish = handleStep(FINISH_STEP, async (asked, run) =>
    inTurn(fn, run, asked.request, async turn => {
      const file = await finishPartitions(turn);
      return answer(asked, file !== undefined, file);
    }),
  );
  return [write, ...(handler.prepare ? [prepare] : []), ...(handler.partitions ? [plan, finish] : [])];
}

async function inTurn<Answer>(
  fn: ExportFunction,
  run: StepRun,
  given: unknown,
  work: (turn: Turn) => Promise<Answer>,
): Promise<Answer> {
  const stopAt = fn.clock.now() + READING_MS;
  const place = { exportName: fn.definition.name, runId: run.runId };
  try {
    return await work({
      fn,
      run,
      place,
      objects: createObjects(fn.s3, fn.bucket, run.signal),
      request: await parse(fn, given),
      hasTime: () => fn.clock.now() < stopAt && !run.signal.aborted,
    });
  } catch (error) {
    // It went on beside the end of its run, which has removed only what was there then.
    if (error instanceof RunEndedError) await removeHalfMade(createObjects(fn.s3, fn.bucket), place);
    throw error;
  }
}

function parse({ definition }: ExportFunction, request: unknown): Promise<unknown> {
  return validateValue(
    definition.input as StandardSchemaV1,
    request,
    `the request of export '${definition.name}'`,
  );
}

/** As it stands in S3, or made anew: the first time, and after a run that has ended is redriven. */
async function findPlan({ fn, run, place, objects, request }: Turn): Promise<ExportPlan> {
  const found = await loadPlan(objects, place);
  if (found) return found;
  const { handler, definition } = fn;
  const partitions = await handler.partitions?.(request, run);
  const plan = planOf(targetOf(definition.name, handler, request), run.runId, partitions);
  for (const partition of plan.partitions) await parse(fn, partition.request);
  return await savePlan(objects, place, plan);
}

async function writeFile(turn: Turn): Promise<ExportedFile | undefined> {
  const { fn, run, place, objects, request, hasTime } = turn;
  const target = targetOf(place.exportName, fn.handler, request);
  return await writeExport({
    ...target,
    store: createExportStore(objects, place, 'file'),
    bucket: fn.bucket,
    newKey: () => `${newFolder(target, run.runId)}${target.fileName}.${target.extension}`,
    hasTime,
    readPage: async cursor => await fn.handler.readPage(request, cursor, run),
    ...paced(fn.clock, position => tellProgress(run, position)),
  });
}

/** The format is the run's, the rows are the partition's. */
async function writePartition(
  turn: Turn,
  { planId, partitions }: ExportPlan,
  index: number,
): Promise<ExportedFile | undefined> {
  const { fn, run, place, objects, hasTime } = turn;
  const partition = partitions[index];
  if (partition === undefined) {
    throw new Error(
      `the plan of run ${run.runId} has ${partitions.length} partitions and had more; start the export again`,
    );
  }
  const request = await parse(fn, partition.request);
  return await writeExport({
    ...targetOf(place.exportName, fn.handler, turn.request),
    store: createExportStore(objects, place, String(index)),
    bucket: fn.bucket,
    newKey: () => partition.key,
    hasTime,
    readPage: async cursor => await fn.handler.readPage(request, cursor, run),
    ...paced(
      fn.clock,
      createPartitionProgress(fn, {
        workflow: run.workflow,
        runId: run.runId,
        planId,
        partition: index,
        of: partitions.length,
      }),
    ),
  });
}

/** What is there is only looked at; of a run that was redriven, it is written again. */
async function finishPartitions(turn: Turn): Promise<ExportedFile | undefined> {
  const { fn, run, place, objects } = turn;
  const plan = await findPlan(turn);
  const files: ExportedFile[] = [];
  for (const index of plan.partitions.keys()) {
    const file = await writePartition(turn, plan, index);
    if (file === undefined) return undefined;
    files.push(file);
  }
  const at = { bucket: fn.bucket, key: plan.manifestKey };
  const manifest = await writeManifest(objects, place, at, files);
  await run.progress(1, `${manifest.rows} rows in ${files.length} files`);
  return manifest;
}

function answer({ request, partition }: ExportTurn, done: boolean, file?: ExportedFile): ExportTurn {
  return { request, ...(partition !== undefined && { partition }), done, ...(file && { file }) };
}
