import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A folder for what the running test writes, removed at its end. */
export async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(await realpath(tmpdir()), 'background-jobs-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

export interface WrittenStack {
  readonly template: object;
  readonly dependencies?: readonly string[];
  readonly environment?: string;
}

/**
 * Writes a cloud assembly by hand: what CDK would not synthesize, or not on purpose.
 *
 * @param assets code of functions (`index.js`) by S3 key.
 */
export async function writeAssembly(
  stacks: Readonly<Record<string, WrittenStack>>,
  assets: Readonly<Record<string, string>> = {},
): Promise<string> {
  const folder = await newFolder();
  const artifacts: Record<string, object> = {};
  for (const [name, { template, dependencies = [], environment }] of Object.entries(stacks)) {
    await writeFile(join(folder, `${name}.template.json`), JSON.stringify(template));
    artifacts[name] = {
      type: 'aws:cloudformation:stack',
      environment: environment ?? 'aws://unknown-account/unknown-region',
      properties: { templateFile: `${name}.template.json` },
      dependencies: [...dependencies, 'assets'],
      displayName: name,
    };
  }
  const files: Record<string, object> = {};
  for (const [key, source] of Object.entries(assets)) {
    await mkdir(join(folder, `asset.${key}`));
    await writeFile(join(folder, `asset.${key}`, 'index.js'), source);
    files[key] = {
      source: { path: `asset.${key}`, packaging: 'zip' },
      destinations: { here: { bucketName: 'assets', objectKey: key } },
    };
  }
  await writeFile(join(folder, 'assets.json'), JSON.stringify({ version: '55.0.0', files }));
  artifacts.assets = { type: 'cdk:asset-manifest', properties: { file: 'assets.json' } };
  await writeFile(join(folder, 'manifest.json'), JSON.stringify({ version: '55.0.0', artifacts }));
  return folder;
}
