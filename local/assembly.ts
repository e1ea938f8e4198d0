import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { isJsonObject, type JsonObject, objectAt, required, stringAt, stringsAt } from './json-value.ts';
import { StartError, startErrorIn } from './start-error.ts';
import { parseTemplate, type Template } from './template/template.ts';

/** A CDK cloud assembly, as `cdk synth` leaves it in `cdk.out`. */
export interface Assembly {
  readonly folder: string;
  /** The stacks of `Stage`s among them. */
  readonly stacks: readonly AssemblyStack[];
}

export interface AssemblyStack {
  /** The name in CloudFormation. */
  readonly name: string;
  /** The construct path, which `cdk deploy` takes too: `Prod/Api`. Without stages it is the stack's id. */
  readonly path: string;
  /** Undefined where the stack is agnostic of it. */
  readonly region: string | undefined;
  readonly accountId: string | undefined;
  readonly template: Template;
  /** Paths of the stacks that this one needs. */
  readonly dependencies: readonly string[];
  /** Absolute paths of file assets by their S3 key; a folder unless CDK was given an archive. */
  readonly assets: ReadonlyMap<string, string>;
  /** Construct paths by logical id, where the assembly tells. */
  readonly constructPaths: ReadonlyMap<string, string>;
  /** What else constructs tell, by logical id and type. */
  readonly metadata: Metadata;
}

type Metadata = ReadonlyMap<string, ReadonlyMap<string, unknown>>;

type Artifacts = ReadonlyMap<string, JsonObject>;

/** @throws StartError when the folder holds no assembly, naming the command that makes one. */
export async function readAssembly(folder: string): Promise<Assembly> {
  const absolute = resolve(folder);
  return { folder: absolute, stacks: await readStacks(absolute) };
}

async function readStacks(folder: string): Promise<AssemblyStack[]> {
  const artifacts = await readManifest(folder);
  const assets = await readAssets(folder, artifacts);
  const stacks: AssemblyStack[] = [];
  for (const [id, artifact] of artifacts) {
    if (artifact.type === 'cdk:cloud-assembly') {
      stacks.push(...(await readStacks(join(folder, property(artifact, 'directoryName')))));
    }
    if (artifact.type === 'aws:cloudformation:stack') {
      stacks.push(await readStack(folder, id, artifacts, artifact, assets));
    }
  }
  return stacks;
}

async function readStack(
  folder: string,
  id: string,
  artifacts: Artifacts,
  artifact: JsonObject,
  assets: AssemblyStack['assets'],
): Promise<AssemblyStack> {
  const path = pathOf(id, artifact);
  // aws://account/region, each "unknown-…" in an environment-agnostic stack
  const [accountId, region] = (stringAt(artifact, 'environment') ?? '').replace('aws://', '').split('/');
  const known = (part: string | undefined) => (part && !part.startsWith('unknown-') ? part : undefined);
  try {
    return {
      name: stringAt(objectAt(artifact, 'properties') ?? {}, 'stackName') ?? id,
      path,
      region: known(region),
      accountId: known(accountId),
      template: parseTemplate(await readJson(join(folder, property(artifact, 'templateFile')))),
      dependencies: (stringsAt(artifact, 'dependencies') ?? []).flatMap(dependency => {
        const other = artifacts.get(dependency);
        return other?.type === 'aws:cloudformation:stack' ? [pathOf(dependency, other)] : [];
      }),
      assets,
      ...(await readMetadata(folder, artifact)),
    };
  } catch (error) {
    throw startErrorIn(`stack ${path}`, error);
  }
}

function pathOf(id: string, artifact: JsonObject): string {
  return stringAt(artifact, 'displayName') ?? id;
}

async function readManifest(folder: string): Promise<Artifacts> {
  const manifest = await readJson(join(folder, 'manifest.json'));
  const artifacts = isJsonObject(manifest) ? objectAt(manifest, 'artifacts') : undefined;
  if (artifacts === undefined) {
    throw new StartError(
      `${folder} is not a CDK cloud assembly (its manifest.json lists no artifacts); make one with "cdk synth"`,
    );
  }
  return new Map(
    Object.entries(artifacts).filter((entry): entry is [string, JsonObject] => isJsonObject(entry[1])),
  );
}

/**
 * The file assets of every stack of one assembly: their keys are content hashes, so they cannot be mistaken.
 * https://github.com/aws/aws-cdk-cli/tree/main/packages/%40aws-cdk/cloud-assembly-schema
 */
async function readAssets(folder: string, artifacts: Artifacts): Promise<AssemblyStack['assets']> {
  const assets = new Map<string, string>();
  for (const artifact of artifacts.values()) {
    if (artifact.type !== 'cdk:asset-manifest') continue;
    const manifest = await readJson(join(folder, property(artifact, 'file')));
    const files = isJsonObject(manifest) ? (objectAt(manifest, 'files') ?? {}) : {};
    for (const asset of Object.values(files).filter(isJsonObject)) {
      const path = stringAt(objectAt(asset, 'source') ?? {}, 'path');
      for (const destination of Object.values(objectAt(asset, 'destinations') ?? {}).filter(isJsonObject)) {
        const key = required(stringAt(destination, 'objectKey'), 'objectKey');
        if (path !== undefined) assets.set(key, resolve(folder, path));
      }
    }
  }
  return assets;
}

/** It stands in a file of its own, or inside the manifest of assemblies that older versions of CDK wrote. */
async function readMetadata(
  folder: string,
  artifact: JsonObject,
): Promise<Pick<AssemblyStack, 'constructPaths' | 'metadata'>> {
  const file = stringAt(artifact, 'additionalMetadataFile');
  const written = file === undefined ? artifact.metadata : await readJson(join(folder, file));
  const constructPaths = new Map<string, string>();
  const metadata = new Map<string, ReadonlyMap<string, unknown>>();
  for (const [path, entries] of Object.entries(isJsonObject(written) ? written : {})) {
    const list: readonly unknown[] = Array.isArray(entries) ? entries : [];
    const byType = new Map(
      list.filter(isJsonObject).map(({ type, data }): [string, unknown] => [String(type), data]),
    );
    const logicalId = byType.get('aws:cdk:logicalId');
    if (typeof logicalId !== 'string') continue;
    // `/Api/Email/Resource` is the CloudFormation resource inside the construct `Api/Email`.
    constructPaths.set(logicalId, path.slice(1).replace(/\/(Resource|Default)$/, ''));
    metadata.set(logicalId, byType);
  }
  return { constructPaths, metadata };
}

function property(artifact: JsonObject, key: string): string {
  return required(stringAt(objectAt(artifact, 'properties') ?? {}, key), key);
}

async function readJson(file: string): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    throw new StartError(`there is no ${file}; make a CDK cloud assembly with "cdk synth"`, { cause: error });
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw startErrorIn(`${file} is not JSON`, error);
  }
}
