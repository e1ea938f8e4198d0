import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openDataFolder } from '../../../local/state/data-folder.ts';
import type { Snapshot } from '../../../local/state/snapshot.ts';
import { newFolder } from '../engine/written-assembly.ts';

const OWNER = { stacks: ['Shop'], region: 'us-east-1', accountId: '000000000000' };
const EMPTY: Snapshot = {
  queues: new Map(),
  tables: new Map(),
  buckets: new Map(),
  stateMachines: new Map(),
  services: new Map(),
};
const SNAPSHOT: Snapshot = {
  queues: new Map([['q', [{ n: 1 }, { n: 2 }]]]),
  tables: new Map([['t', [{ id: { S: 'a\nb' } }]]]),
  buckets: new Map([['b', [{ description: { key: 'k' }, body: Buffer.from([0, 255]) }]]]),
  stateMachines: new Map([['m', [{ record: { arn: 'a' }, events: [] }]]]),
  services: new Map([['scheduler', [{ schedule: { Name: 'nightly' } }]]]),
};

async function opened(path: string, owner = OWNER) {
  const folder = await openDataFolder(path, owner);
  onTestFinished(() => folder.close());
  return folder;
}

/** A folder that holds the snapshot and that nobody uses. */
async function written(): Promise<string> {
  const path = join(await newFolder(), 'data');
  const folder = await openDataFolder(path, OWNER);
  await folder.write(SNAPSHOT);
  await folder.close();
  return path;
}

test('reads what was written', async () => {
  const folder = await opened(await written());
  expect(await folder.read()).toEqual(SNAPSHOT);
});

test('holds nothing when it is new', async () => {
  const folder = await opened(join(await newFolder(), 'new', 'one'));
  expect(await folder.read()).toBeUndefined();
});

test('keeps only the bodies that are still used', async () => {
  const path = await written();
  const folder = await opened(path);
  await folder.write(EMPTY);
  expect(await readdir(join(path, 'objects'))).toEqual([]);
  expect(await folder.read()).toEqual(EMPTY);
});

test('takes an app that has grown a stack', async () => {
  const folder = await opened(await written(), { ...OWNER, stacks: ['Blog', 'Shop'] });
  expect(await folder.read()).toEqual(SNAPSHOT);
});

test('does not mind what a crash in the middle of a write left behind', async () => {
  const path = await written();
  await writeFile(join(path, 'state.jsonl.next'), '{"format": "cdk-backgr');
  const folder = await opened(path);
  expect(await folder.read()).toEqual(SNAPSHOT);
});

test.each([
  ['stacks', { ...OWNER, stacks: ['Blog'] }, /holds the state of Shop in us-east-1.*got Blog in us-east-1/],
  ['region', { ...OWNER, region: 'eu-west-1' }, /got Shop in eu-west-1/],
  ['account', { ...OWNER, accountId: '123456789012' }, /got Shop in us-east-1, account 123456789012/],
])('fails for the folder of other %s, naming both', async (_what, owner, message) => {
  await expect(openDataFolder(await written(), owner)).rejects.toThrow(message);
});

test('fails for another version of the format', async () => {
  const path = await written();
  const file = join(path, 'state.jsonl');
  await writeFile(file, (await readFile(file, 'utf8')).replace('"version":1', '"version":2'));
  await expect(openDataFolder(path, OWNER)).rejects.toThrow('holds state of version 2, this is version 1');
});

test('fails for a folder that holds other things, and leaves them alone', async () => {
  const path = await newFolder();
  await writeFile(join(path, 'thesis.txt'), 'precious');
  await expect(openDataFolder(path, OWNER)).rejects.toThrow('holds something else');
  expect(await readdir(path)).toEqual(['thesis.txt']);
});

test('fails for a folder that is in use, naming the process', async () => {
  const path = await written();
  await opened(path);
  await expect(openDataFolder(path, OWNER)).rejects.toThrow(`in use by the process ${process.pid}`);
});

test('fails for a damaged state, and says what to do', async () => {
  const path = await written();
  const file = join(path, 'state.jsonl');
  await writeFile(file, (await readFile(file, 'utf8')).slice(0, -10));
  const folder = await opened(path);
  await expect(folder.read()).rejects.toThrow(/state\.jsonl cannot be read; delete the folder to begin anew/);
});
