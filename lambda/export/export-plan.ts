import { randomBytes } from 'node:crypto';
import { NonRetryableError } from '../../contract/errors.ts';
import { checkId } from '../../contract/export/export-keys.ts';
import type { Partition } from './export-handler.ts';
import { type ExportTarget, newFolder } from './export-target.ts';
import type { Objects } from './objects.ts';
import { type RunPlace, workPrefixOf } from './run-place.ts';

/** What a run writes side by side. It stands in S3, where every turn finds it. */
export interface ExportPlan {
  readonly v: 1;
  /** Its own: that of a run that is redriven is another one. */
  readonly planId: string;
  readonly manifestKey: string;
  readonly partitions: readonly PlannedPartition[];
}

export interface PlannedPartition {
  readonly key: string;
  readonly request: unknown;
}

/** Each has some twenty of the 25,000 events of a history, and more for each turn. */
const MAX_PARTITIONS = 500;

/** @throws NonRetryableError naming what no files can be made of */
export function planOf(target: ExportTarget, runId: string, given: unknown): ExportPlan {
  const partitions = checkPartitions(given);
  const folder = newFolder(target, runId);
  const { fileName, extension } = target;
  return {
    v: 1,
    planId: randomBytes(6).toString('hex'),
    manifestKey: `${folder}${fileName}.manifest.json`,
    partitions: partitions.map(({ name, request }) => ({
      key: `${folder}${fileName}-${name}.${extension}`,
      request,
    })),
  };
}

function checkPartitions(given: unknown): readonly Partition<unknown>[] {
  if (!Array.isArray(given) || given.length > MAX_PARTITIONS) {
    const got = Array.isArray(given) ? `${given.length} of them` : typeof given;
    throw new NonRetryableError(
      `partitions must answer a list of at most ${MAX_PARTITIONS} { name, request }, got ${got}`,
    );
  }
  const names = given.map((partition: Partial<Partition<unknown>> | null) =>
    checkId("a partition's name", partition?.name),
  );
  const twice = names.find((name, index) => names.indexOf(name) < index);
  if (twice === undefined) return given as readonly Partition<unknown>[];
  throw new NonRetryableError(
    `each partition must have a name of its own, which its file is named after, got '${twice}' twice`,
  );
}

const keyOf = (place: RunPlace) => `${workPrefixOf(place)}plan.json`;

export async function loadPlan(objects: Objects, place: RunPlace): Promise<ExportPlan | undefined> {
  const found = await objects.read(keyOf(place));
  return found && (JSON.parse(found.bytes.toString()) as ExportPlan);
}

/** @returns the plan that is there: another attempt may have written one before */
export async function savePlan(objects: Objects, place: RunPlace, plan: ExportPlan): Promise<ExportPlan> {
  try {
    await objects.write(keyOf(place), JSON.stringify(plan), {
      over: 'nothing',
      contentType: 'application/json',
    });
    return plan;
  } catch (error) {
    const before = await loadPlan(objects, place);
    if (before) return before;
    throw error;
  }
}
