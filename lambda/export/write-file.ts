import type { ExportedFile } from '../../contract/export/exported-file.ts';
import type { Position } from './checkpoint.ts';
import { type ExportAttempt, parseRequest } from './export-attempt.ts';
import type { ExportPlan } from './export-plan.ts';
import { createExportStore } from './export-store.ts';
import { newFolder, targetOf } from './export-target.ts';
import { createPartitionProgress } from './partition-progress.ts';
import { paced, tellProgress } from './tell-progress.ts';
import { writeExport } from './write-export.ts';

/** One file of a run. */
export interface FileOfRun {
  /** Which one it is, among the run's. */
  readonly name: string;
  /** What `readPage` gets. */
  readonly request: unknown;
  newKey(): string;
  tell(position: Position): Promise<void>;
}

/** @returns the file, once it is there */
export async function writeFile(attempt: ExportAttempt, file: FileOfRun): Promise<ExportedFile | undefined> {
  const { fn, run, place, objects, hasTime } = attempt;
  return await writeExport({
    // The format is the run's, the rows are the file's.
    ...targetOf(place.exportName, fn.handler, attempt.request),
    store: createExportStore(objects, place, file.name),
    bucket: fn.bucket,
    newKey: file.newKey,
    hasTime,
    readPage: async cursor => await fn.handler.readPage(file.request, cursor, run),
    ...paced(fn.clock, file.tell),
  });
}

export function onlyFile({ fn, run, place, request }: ExportAttempt): FileOfRun {
  const target = targetOf(place.exportName, fn.handler, request);
  return {
    name: 'file',
    request,
    newKey: () => `${newFolder(target, run.runId)}${target.fileName}.${target.extension}`,
    tell: position => tellProgress(run, position),
  };
}

export async function partitionOf(
  { fn, run }: ExportAttempt,
  { planId, partitions }: ExportPlan,
  index: number,
): Promise<FileOfRun> {
  const partition = partitions[index];
  if (partition === undefined) {
    throw new Error(
      `the plan of run ${run.runId} has ${partitions.length} partitions and had more; start the export again`,
    );
  }
  const { workflow, runId } = run;
  return {
    name: String(index),
    request: await parseRequest(fn, partition.request),
    newKey: () => partition.key,
    tell: createPartitionProgress(fn, { workflow, runId, planId, partition: index, of: partitions.length }),
  };
}
