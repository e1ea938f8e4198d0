import type { AssemblyStack } from './assembly.ts';
import type { Cloud } from './cloud.ts';
import { createResource, replaceResource } from './resources/registry.ts';
import type { LiveResource } from './resources/resource-type.ts';
import { startErrorIn } from './start-error.ts';
import type { PreparedStack } from './template/prepare-stack.ts';
import { resolve, type Scope } from './template/resolve.ts';

/** A stack whose resources exist. */
export interface LiveStack {
  readonly name: string;
  readonly resources: ReadonlyMap<string, LiveResource>;
  readonly outputs: Readonly<Record<string, string>>;
  /** What the intrinsics of its template are resolved against. */
  readonly scope: Scope;
}

export interface PlannedStack {
  readonly source: AssemblyStack;
  readonly prepared: PreparedStack;
}

export interface CreateStacksOptions {
  readonly cloud: Cloud;
  readonly environment: Readonly<Record<string, string>>;
  /** Told of each resource as soon as it exists, so that a failure after it can stop it. */
  onCreated(resource: LiveResource, constructPath: string): void;
}

/**
 * Creates the resources of all stacks, one after the other.
 *
 * @param planned each stack after those it depends on.
 * @throws StartError naming the stack, the logical id and the type of the resource that failed.
 */
export async function createStacks(
  planned: readonly PlannedStack[],
  options: CreateStacksOptions,
): Promise<LiveStack[]> {
  const live: LiveStack[] = [];
  const exports = new Map<string, unknown>();
  for (const stack of planned) {
    live.push(await createStack(stack, live, exports, options));
  }
  return live;
}

async function createStack(
  { source, prepared }: PlannedStack,
  before: readonly LiveStack[],
  exports: Map<string, unknown>,
  { cloud, environment, onCreated }: CreateStacksOptions,
): Promise<LiveStack> {
  const stackName = source.name;
  const resources = new Map<string, LiveResource>();
  const scope: Scope = {
    region: cloud.location.region,
    mappings: prepared.mappings,
    ref: name => resources.get(name)?.ref ?? prepared.parameter(name),
    attribute: (logicalId, attribute) => resources.get(logicalId)?.attributes[attribute],
    exported: name => exports.get(name),
    stackOutput: (name, output) => before.find(stack => stack.name === name)?.outputs[output],
  };

  for (const [logicalId, { type, properties }] of prepared.resources) {
    try {
      const resource = await createResource(type, {
        stackName,
        logicalId,
        properties: resolveObject(properties, scope),
        cloud,
        assets: source.assets,
        environment,
      });
      resources.set(logicalId, resource);
      onCreated(resource, source.constructPaths.get(logicalId) ?? logicalId);
    } catch (error) {
      throw startErrorIn(`${stackName}/${logicalId} (${type})`, error);
    }
  }

  const outputs: Record<string, string> = {};
  for (const [name, { value, exportName }] of prepared.outputs) {
    try {
      outputs[name] = asText(resolve(value, scope, 'Value'));
      if (exportName !== undefined) exports.set(asText(resolve(exportName, scope, 'Export')), outputs[name]);
    } catch (error) {
      throw startErrorIn(`${stackName}, Outputs.${name}`, error);
    }
  }
  cloud.cloudformation.add({
    name: stackName,
    createdAtMs: cloud.clock.now(),
    resources: [...prepared.resources].map(([logicalId, { type }]) => ({
      logicalId,
      type,
      physicalId: resources.get(logicalId)?.ref ?? logicalId,
    })),
    outputs,
  });
  return { name: stackName, resources, outputs, scope };
}

/**
 * Gives resources the properties of another plan while they run. What refers to them is left as it is: a replaceable
 * property changes neither `Ref` nor an attribute.
 *
 * @param live the stack they run in; the answer is the stack as it is then.
 * @throws StartError naming the first that does not take its new properties; those before it have taken theirs.
 */
export async function replaceResources(
  live: LiveStack,
  { source, prepared }: PlannedStack,
  logicalIds: readonly string[],
  { cloud, environment }: Pick<CreateStacksOptions, 'cloud' | 'environment'>,
): Promise<LiveStack> {
  const resources = new Map(live.resources);
  for (const logicalId of logicalIds) {
    const declared = prepared.resources.get(logicalId);
    if (declared === undefined) continue;
    try {
      const resource = await replaceResource(declared.type, {
        stackName: live.name,
        logicalId,
        properties: resolveObject(declared.properties, live.scope),
        cloud,
        assets: source.assets,
        environment,
      });
      resources.set(logicalId, resource);
    } catch (error) {
      throw startErrorIn(`${live.name}/${logicalId}`, error);
    }
  }
  return { ...live, resources };
}

function resolveObject(properties: PreparedStack['mappings'], scope: Scope): PreparedStack['mappings'] {
  return Object.fromEntries(
    Object.entries(properties).map(([key, value]) => [key, resolve(value, scope, key)]),
  );
}

/** An output is always text; a list becomes CloudFormation's comma-delimited one. */
function asText(value: unknown): string {
  return typeof value === 'string' ? value : Array.isArray(value) ? value.join(',') : JSON.stringify(value);
}
