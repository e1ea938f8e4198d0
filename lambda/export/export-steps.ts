import {
  type ExportTurn,
  FINISH_STEP,
  PLAN_STEP,
  PREPARE_STEP,
  WRITE_STEP,
} from '../../contract/export/define-export.ts';
import type { ExportedFile } from '../../contract/export/exported-file.ts';
import { handleStep, type StepHandler } from '../workflow/handle-step.ts';
import { RunEndedError } from '../workflow/run-ended.ts';
import { type ExportAttempt, type ExportFunction, inAttempt, parseRequest } from './export-attempt.ts';
import { type ExportPlan, loadPlan, planOf, savePlan } from './export-plan.ts';
import { targetOf } from './export-target.ts';
import { createObjects } from './objects.ts';
import { removeLateManifest } from './remove-half-made.ts';
import { onlyFile, partitionOf, writeFile } from './write-file.ts';
import { writeManifest } from './write-manifest.ts';

export function exportSteps(fn: ExportFunction): readonly StepHandler[] {
  const { handler } = fn;
  const prepare = handleStep(PREPARE_STEP, async (given, run) =>
    inAttempt(fn, run, given, async ({ request }) => {
      // What cannot be written is not waited for.
      targetOf(fn.definition.name, handler, request);
      return { done: (await handler.prepare?.(request, run)) === true };
    }),
  );
  const plan = handleStep(PLAN_STEP, async (given, run) =>
    inAttempt(fn, run, given, async attempt => {
      const { partitions } = await findPlan(attempt);
      // If the run was canceled meanwhile, nobody else knows of the plan.
      await run.progress(0, `0 rows, 0 of ${partitions.length} partitions`);
      return { partitions: [...partitions.keys()] };
    }),
  );
  const write = handleStep(WRITE_STEP, async (asked, run) =>
    inAttempt(fn, run, asked.request, async attempt => {
      const { partition } = asked;
      const file = await writeFile(
        attempt,
        partition === undefined
          ? onlyFile(attempt)
          : await partitionOf(attempt, await findPlan(attempt), partition),
      );
      // Of a partition, the manifest will tell.
      return answer(asked, file !== undefined, partition === undefined ? file : undefined);
    }),
  );
  const finish = handleStep(FINISH_STEP, async (asked, run) =>
    inAttempt(fn, run, asked.request, async attempt => {
      const file = await finishPartitions(attempt);
      return answer(asked, file !== undefined, file);
    }),
  );
  return [write, ...(handler.prepare ? [prepare] : []), ...(handler.partitions ? [plan, finish] : [])];
}

/** As it stands in S3, or made anew: the first time, and after a run that has ended is redriven. */
async function findPlan({ fn, run, place, objects, request }: ExportAttempt): Promise<ExportPlan> {
  const found = await loadPlan(objects, place);
  if (found) return found;
  const { handler, definition } = fn;
  const partitions = await handler.partitions?.(request, run);
  const plan = planOf(targetOf(definition.name, handler, request), run.runId, partitions);
  for (const partition of plan.partitions) await parseRequest(fn, partition.request);
  return await savePlan(objects, place, plan);
}

/** What is there is only looked at; of a run that was redriven, it is written again. */
async function finishPartitions(attempt: ExportAttempt): Promise<ExportedFile | undefined> {
  const { fn, run, place, objects } = attempt;
  const plan = await findPlan(attempt);
  const files: ExportedFile[] = [];
  for (const index of plan.partitions.keys()) {
    const file = await writeFile(attempt, await partitionOf(attempt, plan, index));
    if (file === undefined) return undefined;
    files.push(file);
  }
  const at = { bucket: fn.bucket, key: plan.manifestKey };
  const manifest = await writeManifest(objects, place, at, files);
  try {
    await run.progress(1, `${manifest.rows} rows in ${files.length} files`);
  } catch (error) {
    if (error instanceof RunEndedError) await removeLateManifest(createObjects(fn.s3, fn.bucket), plan);
    throw error;
  }
  return manifest;
}

function answer({ request, partition }: ExportTurn, done: boolean, file?: ExportedFile): ExportTurn {
  return { request, ...(partition !== undefined && { partition }), done, ...(file && { file }) };
}
