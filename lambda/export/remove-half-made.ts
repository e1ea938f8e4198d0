import { type ExportPlan, loadPlan } from './export-plan.ts';
import { CHECKPOINT } from './export-store.ts';
import type { Objects } from './objects.ts';
import { type RunPlace, uploadsOf, workPrefixOf } from './run-place.ts';

/**
 * Removes what a run that has ended left behind. A file that is there stays, and so do files with their manifest; files of
 * some partitions are a half-made export. It can be done again from anywhere: the plan goes last.
 */
export async function removeHalfMade(objects: Objects, place: RunPlace): Promise<void> {
  const work = await objects.list(workPrefixOf(place));
  // First, so that nothing goes on with what is being removed.
  for (const key of work.filter(isCheckpoint)) await objects.remove(key);
  for (const upload of await uploadsOf(objects, place)) await objects.abort(upload);
  const plan = await loadPlan(objects, place);
  if (plan && (await objects.sizeOf(plan.manifestKey)) === undefined) {
    for (const { key } of plan.partitions) await objects.remove(key);
    // It may have been written meanwhile.
    await objects.remove(plan.manifestKey);
  }
  for (const key of work.filter(key => !isCheckpoint(key))) await objects.remove(key);
}

/** Removes a manifest that was written when the files were removed already: it tells of nothing. */
export async function removeLateManifest(objects: Objects, plan: ExportPlan): Promise<void> {
  for (const { key } of plan.partitions) {
    if ((await objects.sizeOf(key)) !== undefined) continue;
    return await objects.remove(plan.manifestKey);
  }
}

function isCheckpoint(key: string): boolean {
  return key.endsWith(`/${CHECKPOINT}`);
}
