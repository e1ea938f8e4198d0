import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Engine } from '../../local/engine.ts';
import { StartError } from '../../local/start-error.ts';
import { producerEnvironment } from './producer-environment.ts';

/**
 * How other commands find a running `dev`: a file in the cloud assembly's folder, which is the project's own and never
 * committed. (One in the temporary folder could be put there by another user, to receive what is sent.)
 */
export interface DevState {
  readonly pid: number;
  /** Variables that make a process a client of the engine and a producer of all its queues. */
  readonly environment: Readonly<Record<string, string>>;
}

export async function publishDevState(
  assemblyFolder: string,
  engine: Engine,
): Promise<{ remove(): Promise<void> }> {
  const file = fileIn(assemblyFolder);
  const environment = { ...engine.clientEnvironment, ...producerEnvironment(engine.functions) };
  await writeFile(file, JSON.stringify({ pid: process.pid, environment } satisfies DevState));
  return { remove: () => rm(file, { force: true }) };
}

/** @throws StartError when no `dev` runs for the assembly in that folder. */
export async function readDevState(assemblyFolder: string): Promise<DevState> {
  const state = await readFile(fileIn(assemblyFolder), 'utf8').then(parse, () => undefined);
  if (state === undefined || !isRunning(state.pid)) {
    throw new StartError(`nothing runs for ${assemblyFolder}; start it with "background-jobs dev"`);
  }
  return state;
}

function fileIn(assemblyFolder: string): string {
  return join(assemblyFolder, 'background-jobs-dev.json');
}

function parse(text: string): DevState | undefined {
  const state: unknown = JSON.parse(text);
  if (typeof state !== 'object' || state === null || !('pid' in state) || !('environment' in state)) return;
  const { pid, environment } = state;
  if (typeof pid !== 'number' || typeof environment !== 'object' || environment === null) return;
  const entries = Object.entries(environment).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  return { pid, environment: Object.fromEntries(entries) };
}

/** A `dev` that was killed leaves its file behind. */
function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
