import { join, resolve } from 'node:path';
import { type BuildOptions, type BuildResult, buildSync, type Metafile, type OutputFile } from 'esbuild';

/** esbuild's own options: `external`, `define`, `loader`, `sourcemap: false` and so on. https://esbuild.github.io/api */
export type EntryBundling = Omit<
  BuildOptions,
  | 'entryPoints'
  | 'bundle'
  | 'platform'
  | 'format'
  | 'outdir'
  | 'outfile'
  | 'write'
  | 'absWorkingDir'
  | 'metafile'
  | 'plugins'
>;

/** What a function's code is made of. */
export interface EntrySource {
  /** A path; a relative one starts at the project. */
  readonly entry: string;
  readonly options: EntryBundling;
  /** Packages of Lambda's runtime that stay out of the bundle, unless something in it needs them at its start. */
  readonly rarelyNeeded: readonly string[];
}

/** Type of the metadata by which a cloud assembly tells a function's `EntrySource`: `background-jobs dev` bundles by it. */
export const ENTRY_METADATA = 'cdk-background-jobs:entry';

type Build = BuildOptions & { readonly write: false; readonly metafile: true };

/** @param project the folder that sources are told relative to @throws BuildFailure of esbuild */
export function bundleSource(project: string, source: EntrySource): readonly OutputFile[] {
  const builds = buildsOf(project, source);
  let step = builds.next();
  while (!step.done) step = builds.next(buildSync(step.value));
  return step.value;
}

/**
 * The builds of a bundle, each decided by the result of the one before. Whoever imports a package at the start is served
 * better by the bundle: Lambda's own copy takes longer to load.
 */
export function* buildsOf(
  project: string,
  source: EntrySource,
): Generator<Build, readonly OutputFile[], BuildResult<Build>> {
  const { options, rarelyNeeded } = source;
  // What the project's own code imports is told in no time, and is nearly always all of it.
  const own = yield buildOf(project, source, { logLevel: 'error', ...options, packages: 'external' }, []);
  const lazy = rarelyNeeded.filter(name => !isImportedAtStart(name, own.metafile));
  const bundled = yield buildOf(project, source, options, lazy);
  const stillLazy = lazy.filter(name => !isImportedAtStart(name, bundled.metafile));
  const { outputFiles } =
    stillLazy.length === lazy.length ? bundled : yield buildOf(project, source, options, stillLazy);
  return outputFiles;
}

function buildOf(
  project: string,
  { entry }: EntrySource,
  options: EntryBundling,
  external: readonly string[],
): Build {
  return {
    target: 'node24',
    // ES modules where a package has them: a third off the bundle and off the cold start.
    mainFields: ['module', 'main'],
    minify: true,
    // The names of functions and error classes are recorded with a failed run.
    keepNames: true,
    sourcemap: true,
    sourcesContent: false,
    logLevel: 'warning',
    ...options,
    external: [...(options.external ?? []), ...external],
    entryPoints: [resolve(project, entry)],
    bundle: true,
    platform: 'node',
    format: 'cjs',
    absWorkingDir: project,
    // Not in the output folder: sources are written relative to this, and must be the same on every machine.
    outfile: join(project, 'index.js'),
    write: false,
    metafile: true,
  };
}

/** Told from what was written: much that was read is left out again, such as parts of this package that go unused. */
function isImportedAtStart(name: string, { outputs }: Metafile): boolean {
  return Object.values(outputs).some(({ imports }) =>
    imports.some(({ path, kind }) => path === name && kind !== 'dynamic-import'),
  );
}
