import { readFile, rename, rm, writeFile } from 'node:fs/promises';
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
  readonly queues: readonly DevQueue[];
}

export interface DevQueue {
  readonly url: string;
  readonly constructPath: string;
}

export async function publishDevState(
  assemblyFolder: string,
  engine: Engine,
): Promise<{ remove(): Promise<void> }> {
  const file = devStateFile(assemblyFolder);
  const environment = { ...engine.clientEnvironment, ...producerEnvironment(engine.functions) };
  const queues = engine.queues.map(({ url, constructPath }) => ({ url, constructPath }));
  const next = join(assemblyFolder, '.background-jobs-dev.next');
  await writeFile(next, JSON.stringify({ pid: process.pid, environment, queues } satisfies DevState));
  await rename(next, file);
  return { remove: () => rm(file, { force: true }) };
}

/** @throws StartError when no `dev` runs for the assembly in that folder. */
export async function readDevState(assemblyFolder: string): Promise<DevState> {
  const state = await readFile(devStateFile(assemblyFolder), 'utf8').then(parse, () => undefined);
  if (state === undefined || !isRunning(state.pid)) {
    throw new StartError(`nothing runs for ${assemblyFolder}; start it with "background-jobs dev"`);
  }
  return state;
}

/** What the constructor of an AWS SDK client takes, to talk to that `dev`. */
export function clientOptions({ environment }: DevState) {
  const {
    AWS_ENDPOINT_URL: endpoint = '',
    AWS_REGION: region = '',
    AWS_ACCESS_KEY_ID: accessKeyId = '',
    AWS_SECRET_ACCESS_KEY: secretAccessKey = '',
  } = environment;
  return { endpoint, region, credentials: { accessKeyId, secretAccessKey } };
}

export function devStateFile(assemblyFolder: string): string {
  return join(assemblyFolder, 'background-jobs-dev.json');
}

function parse(text: string): DevState | undefined {
  const state: unknown = JSON.parse(text);
  if (typeof state !== 'object' || state === null || !('pid' in state) || !('environment' in state)) return;
  const { pid, environment, queues } = { queues: [], ...state };
  if (typeof pid !== 'number' || typeof environment !== 'object' || environment === null) return;
  const entries = Object.entries(environment).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  return { pid, environment: Object.fromEntries(entries), queues: parseQueues(queues) };
}

function parseQueues(queues: unknown): DevQueue[] {
  return (Array.isArray(queues) ? queues : []).flatMap((queue: unknown) => {
    if (typeof queue !== 'object' || queue === null) return [];
    const { url, constructPath } = { url: undefined, constructPath: undefined, ...queue };
    return typeof url === 'string' && typeof constructPath === 'string' ? [{ url, constructPath }] : [];
  });
}

/** A `dev` that was killed leaves its file behind. */
function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
