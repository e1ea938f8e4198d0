import { existsSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { AssetHashType, DockerImage } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { bundleSource, ENTRY_METADATA, type EntrySource } from './entry-source.ts';

/**
 * Bundles a function's entry with the esbuild that this package depends on. `NodejsFunction`'s own bundling finds
 * esbuild through the project's lock file and package manager, and turns to Docker where it does not.
 *
 * @throws Error at once when the entry does not exist, and at bundling when esbuild fails
 */
export function bundleEntry(scope: Construct, source: EntrySource): lambda.Code {
  const path = resolve(source.entry);
  if (!existsSync(path)) {
    throw new Error(
      `${scope.node.path}: entry must be a file that exists, got '${source.entry}' (${path}); a relative path starts at ` +
        "the CDK app's working directory",
    );
  }
  return lambda.Code.fromAsset(dirname(path), {
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      image: DockerImage.fromRegistry('none: esbuild runs locally'),
      // Never run; CDK keeps bundles by folder and command, and two entries of one folder are two bundles.
      command: [path, JSON.stringify(source)],
      local: {
        tryBundle(outputFolder) {
          writeBundle(scope, source, outputFolder);
          return true;
        },
      },
    },
  });
}

function writeBundle(scope: Construct, source: EntrySource, outputFolder: string): void {
  try {
    for (const { path, contents } of bundleSource(process.cwd(), source)) {
      writeFileSync(join(outputFolder, basename(path)), contents);
    }
  } catch (cause) {
    throw new Error(
      `${scope.node.path}: esbuild could not bundle '${source.entry}': ${cause instanceof Error ? cause.message : cause}. ` +
        'If esbuild itself is missing, reinstall this project’s packages on this machine, optional dependencies included',
      { cause },
    );
  }
}

/** Tells it in the cloud assembly, unless it cannot be told in JSON (esbuild takes regular expressions, too). */
export function tellSource(fn: lambda.Function, source: EntrySource): void {
  const told = { ...source, entry: relative(process.cwd(), resolve(source.entry)) };
  if (!isDeepStrictEqual(JSON.parse(JSON.stringify(told)), told)) return;
  fn.node.defaultChild?.node.addMetadata(ENTRY_METADATA, told);
}
