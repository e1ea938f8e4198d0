import { type ResourceJson, type TemplateJson, withoutHash } from './template.ts';
import { whatIsTold } from './told.ts';

/** What can be there or not, or be otherwise: a property, a variable, or one thing that a function is told of a queue. */
export interface Part {
  readonly id: string;
  readonly type: string;
  /** `Timeout`, `Environment.NODE_OPTIONS`, `BACKGROUND_JOBS.0.url`. */
  readonly name: string;
  readonly value: unknown;
}

export function partsOf({ Resources }: TemplateJson): Part[] {
  return Object.entries(Resources).flatMap(([logicalId, resource]) =>
    namedValues(resource).map(([name, value]) => ({
      id: withoutHash(logicalId),
      type: resource.Type,
      name,
      value,
    })),
  );
}

function namedValues({ Properties = {} }: ResourceJson): [name: string, value: unknown][] {
  return Object.entries(Properties).flatMap(([name, value]): [string, unknown][] => {
    if (name !== 'Environment') return [[name, value]];
    const { BACKGROUND_JOBS: queues, ...others } = (value as { Variables: Record<string, unknown> })
      .Variables;
    return [
      ...Object.entries(others).map(([variable, text]): [string, unknown] => [
        `Environment.${variable}`,
        text,
      ]),
      ...(queues === undefined ? [] : whatIsTold(queues)).map(([path, told]): [string, unknown] => [
        `BACKGROUND_JOBS.${path}`,
        told,
      ]),
    ];
  });
}

/** The parts of the one that the other does not have, or has otherwise. */
export function differences(one: TemplateJson, other: TemplateJson): Part[] {
  const others = new Map(partsOf(other).map(part => [nameOf(part), JSON.stringify(part.value)]));
  return partsOf(one).filter(part => others.get(nameOf(part)) !== JSON.stringify(part.value));
}

export function nameOf({ id, name }: Part): string {
  return `${id}.${name}`;
}
