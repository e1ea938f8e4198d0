import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { addBenchStacks } from '../app/stack.ts';

export interface BenchAssembly {
  readonly folder: string;
  /** Path of a queue's bundled consumer. */
  bundleOf(queue: string): string;
  /** Path of a function's bundle, by its construct path. */
  bundleAt(path: string): string;
  /** The same of a baseline as CDK's `NodejsFunction` bundles it: whole. */
  wholeBundleOf(baseline: string): string;
  /** How many resources of a type the stack `Small` has: one task queue, its table and its alarms. */
  countInSmall(resourceType: string): number;
}

export function synthesizeBench(folder: string): BenchAssembly {
  rmSync(folder, { recursive: true, force: true });
  // Which asset is whose: the command `cdk` asks for it, an App alone does not.
  const context = { 'aws:cdk:enable-asset-metadata': true, 'aws:cdk:enable-path-metadata': true };
  const app = new App({ outdir: folder, context });
  addBenchStacks(app);
  app.synth();
  const bundleAt = (path: string) => {
    const [stack = ''] = path.split('/');
    const fn = resourcesOf(folder, stack).find(
      ({ Metadata }) => Metadata?.['aws:cdk:path'] === `${path}/Resource`,
    );
    const asset = fn?.Metadata?.['aws:asset:path'];
    if (asset === undefined) throw new Error(`The assembly has no asset for ${path}`);
    return join(folder, asset, 'index.js');
  };
  const bundleOf = (queue: string) => bundleAt(`Comparison/${queue}/Consumer`);
  return {
    folder,
    bundleOf,
    bundleAt,
    wholeBundleOf: baseline => bundleAt(`Whole/${baseline}`),
    countInSmall: type => resourcesOf(folder, 'Small').filter(({ Type }) => Type === type).length,
  };
}

interface Resource {
  readonly Type: string;
  readonly Metadata?: Readonly<Record<string, string>>;
}

function resourcesOf(folder: string, stack: string): Resource[] {
  const text = readFileSync(join(folder, `${stack}.template.json`), 'utf8');
  const { Resources } = JSON.parse(text) as { Resources: Record<string, Resource> };
  return Object.values(Resources);
}
