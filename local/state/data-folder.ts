import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { stringsAt } from '../json-value.ts';
import { StartError } from '../start-error.ts';
import type { Snapshot } from './snapshot.ts';
import {
  BODIES,
  FORMAT,
  type Owner,
  readHeader,
  readState,
  STATE,
  VERSION,
  writeState,
} from './state-file.ts';

/** A folder that keeps an engine's state while it does not run. */
export interface DataFolder {
  /** Undefined when the folder holds no state yet. @throws StartError for a damaged one */
  read(): Promise<Snapshot | undefined>;
  /** All or nothing: whenever the process ends, the folder holds this state or the one before. */
  write(snapshot: Snapshot): Promise<void>;
  /** Lets others have the folder. */
  close(): Promise<void>;
}

const LOCK = 'in-use-by';

/** @throws StartError when the folder is another app's or another version's, or an engine uses it. */
export async function openDataFolder(folder: string, owner: Owner): Promise<DataFolder> {
  const path = resolve(folder);
  const state = join(path, STATE);
  await mkdir(path, { recursive: true });
  if (existsSync(state)) await checkOwner(path, owner);
  else await refuseForeignFolder(path);
  await mkdir(join(path, BODIES), { recursive: true });
  await lock(path);

  return {
    read: async () => (existsSync(state) ? readState(path) : undefined),
    write: snapshot => writeState(path, snapshot, owner),
    close: () => rm(join(path, LOCK), { force: true }),
  };
}

async function checkOwner(path: string, owner: Owner): Promise<void> {
  const header = await readHeader(path);
  if (header?.format !== FORMAT) throw notOurs(path);
  if (header.version !== VERSION) {
    throw new StartError(
      `${path} holds state of version ${header.version}, this is version ${VERSION}; choose another folder, or delete it`,
    );
  }
  const { region, accountId } = header;
  const stacks = stringsAt(header, 'stacks') ?? [];
  const lost = stacks.filter(name => !owner.stacks.includes(name));
  if (lost.length > 0 || region !== owner.region || accountId !== owner.accountId) {
    throw new StartError(
      `${path} holds the state of ${stacks.join(', ')} in ${region}, account ${accountId}, got ` +
        `${owner.stacks.join(', ')} in ${owner.region}, account ${owner.accountId}; choose another folder, or delete it`,
    );
  }
}

/** What somebody else keeps there would be lost among our files. */
async function refuseForeignFolder(path: string): Promise<void> {
  const files = await readdir(path);
  if (files.some(name => ![BODIES, LOCK, `${STATE}.next`].includes(name))) throw notOurs(path);
}

function notOurs(path: string): StartError {
  return new StartError(
    `${path} holds something else than a state of background-jobs; choose another folder`,
  );
}

async function lock(path: string): Promise<void> {
  const file = join(path, LOCK);
  const pid = Number(await readFile(file, 'utf8').catch(() => ''));
  if (pid > 0 && isRunning(pid)) {
    throw new StartError(`${path} is in use by the process ${pid}; stop it, or choose another folder`);
  }
  await writeFile(file, String(process.pid));
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
