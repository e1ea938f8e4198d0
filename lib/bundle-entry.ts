import { existsSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { AssetHashType, DockerImage } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { type BuildOptions, buildSync, type Metafile, type OutputFile } from 'esbuild';

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

/**
 * Bundles a function's entry with the esbuild that this package depends on. `NodejsFunction`'s own bundling finds
 * esbuild through the project's lock file and package manager, and turns to Docker where it does not.
 *
 * @param rarelyNeeded packages of Lambda's runtime that stay out of the bundle, unless something in it needs them at
 * its start
 * @throws Error at once when the entry does not exist, and at bundling when esbuild fails
 */
export function bundleEntry(
  scope: Construct,
  entry: string,
  options: EntryBundling = {},
  rarelyNeeded: readonly string[] = [],
): lambda.Code {
  const path = resolve(entry);
  if (!existsSync(path)) {
    throw new Error(
      `${scope.node.path}: entry must be a file that exists, got '${entry}' (${path}); a relative path starts at the ` +
        "CDK app's working directory",
    );
  }
  return lambda.Code.fromAsset(dirname(path), {
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      image: DockerImage.fromRegistry('none: esbuild runs locally'),
      // Never run; CDK keeps bundles by folder and command, and two entries of one folder are two bundles.
      command: [path, JSON.stringify({ options, rarelyNeeded })],
      local: {
        tryBundle(outputFolder) {
          writeBundle(scope, path, outputFolder, options, rarelyNeeded);
          return true;
        },
      },
    },
  });
}

function writeBundle(
  scope: Construct,
  entry: string,
  outputFolder: string,
  options: EntryBundling,
  rarelyNeeded: readonly string[],
): void {
  try {
    const outputFiles = bundleWithWhatStarts(entry, options, rarelyNeeded);
    for (const file of outputFiles) writeFileSync(join(outputFolder, basename(file.path)), file.contents);
  } catch (cause) {
    throw new Error(
      `${scope.node.path}: esbuild could not bundle '${entry}': ${cause instanceof Error ? cause.message : cause}. ` +
        'If esbuild itself is missing, reinstall this project’s packages on this machine, optional dependencies included',
      { cause },
    );
  }
}

/** Whoever imports a package at the start is served better by the bundle: Lambda's own copy takes longer to load. */
function bundleWithWhatStarts(
  entry: string,
  options: EntryBundling,
  rarelyNeeded: readonly string[],
): readonly OutputFile[] {
  // What the project's own code imports is told in no time, and is nearly always all of it.
  const own = bundle(entry, { logLevel: 'error', ...options, packages: 'external' }, []);
  const lazy = rarelyNeeded.filter(name => !isImportedAtStart(name, own.metafile));
  const bundled = bundle(entry, options, lazy);
  const stillLazy = lazy.filter(name => !isImportedAtStart(name, bundled.metafile));
  return (stillLazy.length === lazy.length ? bundled : bundle(entry, options, stillLazy)).outputFiles;
}

function bundle(entry: string, options: EntryBundling, external: readonly string[]) {
  const project = process.cwd();
  return buildSync({
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
    entryPoints: [entry],
    bundle: true,
    platform: 'node',
    format: 'cjs',
    absWorkingDir: project,
    // Not in the output folder: sources are written relative to this, and must be the same on every machine.
    outfile: join(project, 'index.js'),
    write: false,
    metafile: true,
  });
}

/** Told from what was written: much that was read is left out again, such as parts of this package that go unused. */
function isImportedAtStart(name: string, { outputs }: Metafile): boolean {
  return Object.values(outputs).some(({ imports }) =>
    imports.some(({ path, kind }) => path === name && kind !== 'dynamic-import'),
  );
}
