import { isJsonObject } from '../json-value.ts';
import { StartError } from '../start-error.ts';
import { splitAttribute } from './lookups.ts';
import { intrinsicOf } from './resolve.ts';
import { namesIn } from './substitute.ts';
import type { ResourceDeclaration } from './template.ts';

/**
 * The same resources, each after those that it refers to or depends on; otherwise as in the template.
 *
 * @throws StartError naming the resources of a cycle in their order.
 */
export function inCreationOrder(
  resources: ReadonlyMap<string, ResourceDeclaration>,
): ReadonlyMap<string, ResourceDeclaration> {
  const ordered = new Map<string, ResourceDeclaration>();

  function visit(logicalId: string, path: readonly string[]): void {
    const resource = resources.get(logicalId);
    // A name that is not a resource is a parameter, or a resource whose condition does not hold.
    if (resource === undefined || ordered.has(logicalId)) return;
    if (path.includes(logicalId)) {
      const cycle = [...path.slice(path.indexOf(logicalId)), logicalId];
      throw new StartError(`the resources refer to each other in a circle: ${cycle.join(' → ')}`);
    }
    for (const dependency of [...resource.dependsOn, ...referencesIn(resource.properties)]) {
      visit(dependency, [...path, logicalId]);
    }
    ordered.set(logicalId, resource);
  }

  for (const logicalId of resources.keys()) visit(logicalId, []);
  return ordered;
}

/** Every name that the intrinsics of a value refer to: logical ids, parameters, pseudo parameters. */
function referencesIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(referencesIn);
  if (!isJsonObject(value)) return [];
  const intrinsic = intrinsicOf(value);
  const inner = Object.values(value).flatMap(referencesIn);
  switch (intrinsic) {
    case 'Ref':
      return typeof value.Ref === 'string' ? [value.Ref] : inner;
    case 'Fn::GetAtt': {
      const target = value['Fn::GetAtt'];
      if (typeof target === 'string') return [splitAttribute(target)[0]];
      return Array.isArray(target) && typeof target[0] === 'string' ? [target[0], ...inner] : inner;
    }
    case 'Fn::Sub':
      return [...namesIn(value['Fn::Sub']).map(name => name.split('.', 1)[0] ?? name), ...inner];
    default:
      return inner;
  }
}
