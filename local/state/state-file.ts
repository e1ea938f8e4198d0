import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { isJsonObject, type JsonObject, objectAt, required, stringAt } from '../json-value.ts';
import type { SavedObject } from '../s3/saved-object.ts';
import { StartError, startErrorIn } from '../start-error.ts';
import type { Snapshot } from './snapshot.ts';

/** Whose state a folder holds. ARNs and names within it depend on all of this. */
export interface Owner {
  readonly stacks: readonly string[];
  readonly region: string;
  readonly accountId: string;
}

export const FORMAT = 'cdk-background-jobs state';
export const VERSION = 1;
export const STATE = 'state.jsonl';
/** Bodies of S3 objects, each in a file named after its SHA-256: written once, never changed. */
export const BODIES = 'objects';

const CHUNK_LENGTH = 64 * 1024;

/** All or nothing: whenever the process ends, the folder holds this state or the one before. */
export async function writeState(path: string, snapshot: Snapshot, owner: Owner): Promise<void> {
  const bodies = await writeBodies(path, snapshot);
  const next = join(path, `${STATE}.next`);
  await writeFile(next, inChunks(linesOf(snapshot, owner)), { flush: true });
  await rename(next, join(path, STATE));
  for (const name of await readdir(join(path, BODIES))) {
    if (!bodies.has(name)) await rm(join(path, BODIES, name), { force: true });
  }
}

/** @throws StartError for a damaged state. */
export async function readState(path: string): Promise<Snapshot> {
  const queues = new Map<string, JsonObject[]>();
  const tables = new Map<string, JsonObject[]>();
  const buckets = new Map<string, SavedObject[]>();
  const stateMachines = new Map<string, JsonObject[]>();
  const services = new Map<string, JsonObject[]>();
  const file = join(path, STATE);
  try {
    for await (const entry of readLines(file)) {
      const saved = objectAt(entry, 'saved');
      if (saved === undefined) continue;
      const { queue, table, bucket, stateMachine, service } = names(entry);
      if (queue !== undefined) append(queues, queue, saved);
      if (table !== undefined) append(tables, table, saved);
      if (stateMachine !== undefined) append(stateMachines, stateMachine, saved);
      if (service !== undefined) append(services, service, saved);
      if (bucket !== undefined) {
        const body = await readFile(join(path, BODIES, required(stringAt(entry, 'body'), 'body')));
        append(buckets, bucket, { description: saved, body });
      }
    }
  } catch (error) {
    throw startErrorIn(`${file} cannot be read; delete the folder to begin anew`, error);
  }
  return { queues, tables, buckets, stateMachines, services };
}

/** The first line: the format, its version and the owner. @throws StartError for a damaged state */
export async function readHeader(path: string): Promise<JsonObject | undefined> {
  try {
    for await (const header of readLines(join(path, STATE))) return header;
  } catch (error) {
    throw startErrorIn(`${join(path, STATE)} cannot be read; delete the folder to begin anew`, error);
  }
  return undefined;
}

function* linesOf(snapshot: Snapshot, owner: Owner): Generator<string> {
  const { queues, tables, buckets, stateMachines, services } = snapshot;
  yield line({ format: FORMAT, version: VERSION, ...owner });
  for (const [queue, messages] of queues) for (const saved of messages) yield line({ queue, saved });
  for (const [table, items] of tables) for (const saved of items) yield line({ table, saved });
  for (const [stateMachine, executions] of stateMachines) {
    for (const saved of executions) yield line({ stateMachine, saved });
  }
  for (const [service, kept] of services) for (const saved of kept) yield line({ service, saved });
  for (const [bucket, objects] of buckets) {
    for (const { description, body } of objects) {
      yield line({ bucket, saved: description, body: digest(body) });
    }
  }
}

/** A write a line would be slow. */
function* inChunks(lines: Iterable<string>): Generator<string> {
  let chunk = '';
  for (const text of lines) {
    chunk += text;
    if (chunk.length < CHUNK_LENGTH) continue;
    yield chunk;
    chunk = '';
  }
  yield chunk;
}

async function* readLines(file: string): AsyncGenerator<JsonObject> {
  for await (const text of createInterface({ input: createReadStream(file), crlfDelay: Infinity })) {
    const entry: unknown = JSON.parse(text);
    if (!isJsonObject(entry)) throw new StartError(`a line is no JSON object: ${text.slice(0, 100)}`);
    yield entry;
  }
}

async function writeBodies(path: string, { buckets }: Snapshot): Promise<ReadonlySet<string>> {
  const names = new Set<string>();
  for (const { body } of [...buckets.values()].flat()) {
    const name = digest(body);
    names.add(name);
    const file = join(path, BODIES, name);
    if (existsSync(file)) continue;
    await writeFile(`${file}.next`, body, { flush: true });
    await rename(`${file}.next`, file);
  }
  return names;
}

function names(entry: JsonObject) {
  return {
    queue: stringAt(entry, 'queue'),
    table: stringAt(entry, 'table'),
    bucket: stringAt(entry, 'bucket'),
    stateMachine: stringAt(entry, 'stateMachine'),
    service: stringAt(entry, 'service'),
  };
}

function append<T>(lists: Map<string, T[]>, name: string, item: T): void {
  const list = lists.get(name);
  if (list) list.push(item);
  else lists.set(name, [item]);
}

function digest(body: Buffer): string {
  return createHash('sha256').update(body).digest('hex');
}

function line(entry: object): string {
  return `${JSON.stringify(entry)}\n`;
}
