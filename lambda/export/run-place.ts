import { filesOf, workOf } from '../../contract/export/export-keys.ts';
import type { Objects, Upload } from './objects.ts';

/** Whose objects they are. */
export interface RunPlace {
  readonly exportName: string;
  readonly runId: string;
}

/** What the run has there ends with it. */
export function workPrefixOf({ exportName, runId }: RunPlace): string {
  return `${workOf(exportName)}${runId}/`;
}

/** The run's own, whoever's file it is. */
export async function uploadsOf(
  objects: Objects,
  { exportName, runId }: RunPlace,
): Promise<readonly Upload[]> {
  const prefix = filesOf(exportName);
  const uploads = await objects.listUploads(prefix);
  // Behind the prefix are the tenant, the run, and what is its own.
  return uploads.filter(
    ({ key }) => key.startsWith(prefix) && key.slice(prefix.length).split('/')[1] === runId,
  );
}
