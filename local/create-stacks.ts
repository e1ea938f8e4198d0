import type { AssemblyStack } from './assembly.ts';
import type { Cloud } from './cloud.ts';
import { createResource } from './resources/registry.ts';
import type { LiveResource } from './resources/resource-type.ts';
import { startErrorIn } from './start-error.ts';
import type { PreparedStack } from './template/prepare-stack.ts';
import { resolve, type Scope } from './template/resolve.ts';

/** A stack whose resources exist. */
export interface LiveStack {
  readonly name: string;
  readonly resources: ReadonlyMap<string, LiveResource>;
  readonly outputs: Readonly<Record<string, string>>;
}

export interface PlannedStack {
  readonly source: AssemblyStack;
  readonly prepared: PreparedStack;
}

export interface CreateStacksOptions {
  readonly cloud: Cloud;
  readonly environment: Readonly<Record<string, string>>;
  /** Told of each resource as soon as it exists, so that a failure after it can stop it. */
  onCreated(resource: LiveResource): void;
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
      onCreated(resource);
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
  return { name: stackName, resources, outputs };
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
