import { join, resolve } from 'node:path';
import { build, type OutputFile } from 'esbuild';
import { buildsOf, ENTRY_METADATA, type EntrySource } from '../../lib/entry-source.ts';
import type { Assembly, AssemblyStack } from '../../local/assembly.ts';
import { isJsonObject, objectAt, stringAt, stringsAt } from '../../local/json-value.ts';
import { digestOfFolder, writeCode } from './code-folder.ts';

/** A function of an assembly whose code is known to come from an entry. */
interface EntryFunction {
  readonly stack: AssemblyStack;
  readonly logicalId: string;
  readonly source: EntrySource;
}

/**
 * The assembly with the code of functions under keys of its content, as `rebundle` names it: CDK's keys tell more than
 * the content, and what was bundled here already would be new once more.
 */
export async function keyedByContent(assembly: Assembly): Promise<Assembly> {
  const folders = new Map<EntryFunction, string>();
  for (const fn of entryFunctions(assembly)) {
    const { S3Key: key } =
      objectAt(fn.stack.template.resources[fn.logicalId]?.properties ?? {}, 'Code') ?? {};
    const folder = typeof key === 'string' ? fn.stack.assets.get(key) : undefined;
    if (folder !== undefined) folders.set(fn, folder);
  }
  return await withCode(assembly, folders);
}

/** @returns the assembly, with the new code of the functions that these files are a part of. Faster than its synthesis. */
export type Rebundle = (assembly: Assembly, changed: ReadonlySet<string>) => Promise<Assembly>;

/** @param project the folder of the CDK app */
export function createRebundle(project: string): Rebundle {
  return async (assembly, changed) => {
    const codeFolder = join(assembly.folder, '.background-jobs-code');
    const folders = new Map<EntryFunction, string>();
    for (const fn of entryFunctions(assembly)) {
      const files = await bundleChanged(project, fn.source, changed);
      if (files) folders.set(fn, await writeCode(codeFolder, files));
    }
    return await withCode(assembly, folders);
  };
}

/** @returns undefined when the project's own files in it have not changed */
async function bundleChanged(
  project: string,
  source: EntrySource,
  changed: ReadonlySet<string>,
): Promise<readonly OutputFile[] | undefined> {
  const builds = buildsOf(project, source);
  let step = builds.next();
  while (!step.done) {
    // What esbuild has to say is said by the synthesis.
    const result = await build({ ...step.value, logLevel: 'silent' });
    const inputs = Object.keys(result.metafile.inputs);
    if (!inputs.some(path => changed.has(resolve(project, path)))) return undefined;
    step = builds.next(result);
  }
  return step.value;
}

function entryFunctions({ stacks }: Assembly): EntryFunction[] {
  return stacks.flatMap(stack =>
    [...stack.metadata].flatMap(([logicalId, metadata]) => {
      const source = parseSource(metadata.get(ENTRY_METADATA));
      return source && stack.template.resources[logicalId] ? { stack, logicalId, source } : [];
    }),
  );
}

function parseSource(data: unknown): EntrySource | undefined {
  if (!isJsonObject(data)) return undefined;
  const entry = stringAt(data, 'entry');
  const options = objectAt(data, 'options');
  const rarelyNeeded = stringsAt(data, 'rarelyNeeded');
  return entry !== undefined && options && rarelyNeeded ? { entry, options, rarelyNeeded } : undefined;
}

async function withCode(assembly: Assembly, folders: ReadonlyMap<EntryFunction, string>): Promise<Assembly> {
  const stacks = new Map(assembly.stacks.map(stack => [stack.path, stack]));
  for (const [{ stack, logicalId }, folder] of folders) {
    const digest = await digestOfFolder(folder);
    const current = stacks.get(stack.path);
    if (digest !== undefined && current)
      stacks.set(stack.path, withAsset(current, logicalId, digest, folder));
  }
  return { ...assembly, stacks: [...stacks.values()] };
}

function withAsset(stack: AssemblyStack, logicalId: string, key: string, folder: string): AssemblyStack {
  const resource = stack.template.resources[logicalId];
  if (resource === undefined) return stack;
  const properties = { ...resource.properties, Code: { S3Bucket: 'assets', S3Key: key } };
  const resources = { ...stack.template.resources, [logicalId]: { ...resource, properties } };
  return {
    ...stack,
    template: { ...stack.template, resources },
    assets: new Map([...stack.assets, [key, folder]]),
  };
}
