import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';

export interface CodeFile {
  /** The last part of it counts. */
  readonly path: string;
  readonly contents: Uint8Array;
}

/** Writes a function's code into a folder that is named after it. @returns that folder */
export async function writeCode(parent: string, files: readonly CodeFile[]): Promise<string> {
  const folder = join(parent, digestOf(files));
  await mkdir(folder, { recursive: true });
  await Promise.all(files.map(({ path, contents }) => writeFile(join(folder, basename(path)), contents)));
  return folder;
}

/** @returns the digest of a folder of files alone; undefined for whatever else an asset can be */
export async function digestOfFolder(folder: string): Promise<string | undefined> {
  if (!(await stat(folder)).isDirectory()) return undefined;
  const entries = await readdir(folder, { withFileTypes: true });
  if (entries.some(entry => !entry.isFile())) return undefined;
  return digestOf(
    await Promise.all(
      entries.map(async ({ name: path }) => ({ path, contents: await readFile(join(folder, path)) })),
    ),
  );
}

function digestOf(files: readonly CodeFile[]): string {
  const digest = createHash('sha256');
  const byName = files.map(({ path, contents }) => ({ name: basename(path), contents }));
  for (const { name, contents } of byName.sort((one, other) => (one.name < other.name ? -1 : 1))) {
    digest.update(`${name} ${contents.length} `).update(contents);
  }
  return digest.digest('hex');
}
