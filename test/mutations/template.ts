/** A CloudFormation template, as far as mutations look into it. */
export interface TemplateJson {
  readonly Resources: Record<string, ResourceJson>;
}

export interface ResourceJson {
  readonly Type: string;
  Properties: Record<string, unknown>;
}

/** One change to a template. It must change it: whoever mutates what is no longer there proves nothing. */
export interface Mutation {
  readonly name: string;
  readonly change: (template: TemplateJson) => void;
}

/** @throws Error when the mutation changes nothing. */
export function mutate(template: TemplateJson, { name, change }: Mutation): TemplateJson {
  const mutated = structuredClone(template);
  change(mutated);
  if (JSON.stringify(mutated) === JSON.stringify(template)) {
    throw new Error(`the mutation '${name}' changes nothing in the template`);
  }
  return mutated;
}

/** The one resource whose logical id is this, up to the hash that CDK adds. @throws Error when there is not one. */
export function resourceOf({ Resources }: TemplateJson, id: string): ResourceJson {
  const found = Object.entries(Resources).filter(([logicalId]) => withoutHash(logicalId) === id);
  const [[, resource] = []] = found;
  if (resource === undefined || found.length > 1) {
    const ids = Object.keys(Resources).map(withoutHash).join(', ');
    throw new Error(`the template has ${found.length} resources ${id}; it has ${ids}`);
  }
  return resource;
}

export function withoutHash(logicalId: string): string {
  return logicalId.replace(/[0-9A-F]{8}$/, '');
}

/** Removes what lies at the path. @throws Error when nothing does. */
export function removed(id: string, ...path: readonly string[]): Mutation {
  return {
    name: `${id} without ${path.join('.')}`,
    change(template) {
      const { parent, key } = locate(template, id, path);
      delete parent[key];
    },
  };
}

/** Puts a value where there is another. @throws Error when there is none. */
export function changed(id: string, path: readonly string[], to: unknown): Mutation {
  return {
    name: `${id} with ${path.join('.')} ${JSON.stringify(to)}`,
    change(template) {
      const { parent, key } = locate(template, id, path);
      parent[key] = to;
    },
  };
}

function locate(template: TemplateJson, id: string, path: readonly string[]) {
  let parent = resourceOf(template, id).Properties;
  for (const step of path.slice(0, -1)) parent = (parent[step] ?? {}) as Record<string, unknown>;
  const key = path.at(-1) ?? '';
  if (!(key in parent)) throw new Error(`${id} has no ${path.join('.')}`);
  return { parent, key };
}
