import { isDeepStrictEqual } from 'node:util';
import type { PlannedStack } from './create-stacks.ts';
import type { Origin } from './resource-lists.ts';
import { isReplaceable } from './resources/registry.ts';

/** What is different between two plans of the same app. */
export interface Difference {
  /** Functions that can have their new code and configuration while everything runs. */
  readonly functions: readonly Change[];
  /** All else: it needs the stacks to start anew. */
  readonly others: readonly Change[];
}

export interface Change extends Origin {
  readonly kind: 'added' | 'changed' | 'removed';
  readonly type: string;
  /** Names of the properties that differ, where it has changed. */
  readonly properties: readonly string[];
}

type Declared = Origin & { readonly type: string; readonly properties: Readonly<Record<string, unknown>> };

export function compareStacks(before: readonly PlannedStack[], after: readonly PlannedStack[]): Difference {
  const old = declaredIn(before);
  const changes: Change[] = [];
  for (const [id, now] of declaredIn(after)) {
    const then = old.get(id);
    old.delete(id);
    const change = then === undefined ? changeOf(now, 'added') : comparedWith(then, now);
    if (change) changes.push(change);
  }
  changes.push(...[...old.values()].map(then => changeOf(then, 'removed')));
  const inPlace = ({ kind, type, properties }: Change) =>
    kind === 'changed' && properties.every(property => isReplaceable(type, property));
  return { functions: changes.filter(inPlace), others: changes.filter(change => !inPlace(change)) };
}

function comparedWith(then: Declared, now: Declared): Change | undefined {
  if (then.type !== now.type) return changeOf(now, 'changed', ['Type']);
  const names = Object.keys({ ...then.properties, ...now.properties });
  const differing = names.filter(name => !isDeepStrictEqual(then.properties[name], now.properties[name]));
  return differing.length === 0 ? undefined : changeOf(now, 'changed', differing);
}

function changeOf(declared: Declared, kind: Change['kind'], properties: readonly string[] = []): Change {
  const { stackName, logicalId, constructPath, type } = declared;
  return { stackName, logicalId, constructPath, type, kind, properties };
}

/** It holds a digest of the constructs in use, which changes with every construct and means nothing here. */
const IGNORED = 'AWS::CDK::Metadata';

function declaredIn(stacks: readonly PlannedStack[]): Map<string, Declared> {
  const all = new Map<string, Declared>();
  for (const { source, prepared } of stacks) {
    const add = (logicalId: string, type: string, properties: Declared['properties']) => {
      const constructPath = source.constructPaths.get(logicalId) ?? logicalId;
      all.set(`${source.name}/${logicalId}`, {
        stackName: source.name,
        logicalId,
        constructPath,
        type,
        properties,
      });
    };
    for (const [logicalId, { type, properties }] of prepared.resources) {
      if (type !== IGNORED) add(logicalId, type, properties);
    }
    for (const [name, { value, exportName }] of prepared.outputs) {
      add(`Outputs.${name}`, 'Output', { Value: value, Export: exportName });
    }
    for (const [name, declaration] of Object.entries(source.template.parameters)) {
      add(`Parameters.${name}`, 'Parameter', { ...declaration });
    }
    for (const [name, mapping] of Object.entries(prepared.mappings)) {
      add(`Mappings.${name}`, 'Mapping', { mapping });
    }
  }
  return all;
}
