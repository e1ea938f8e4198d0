import type { SynthesizedApp } from './app.ts';
import { differences, nameOf, type Part, partsOf } from './parts.ts';
import { type Mutation, mutate } from './template.ts';

interface Decided {
  /** What is mutated. */
  readonly cases: readonly Mutation[];
  /** What no scenario sees, and why. */
  readonly unseen: Readonly<Record<string, string>>;
  /** Other parts are looked at elsewhere. */
  ofThis(part: Part): boolean;
}

/** As an alarm of any queue, say. */
const namesOf = (part: Part) => [nameOf(part), `${part.type}.${part.name}`];

/** Names of the parts of the template that are neither mutated nor said to be unseen. */
export function overlookedIn({ template }: SynthesizedApp, { cases, unseen, ofThis }: Decided): string[] {
  const mutated = cases.flatMap(mutation => differences(template, mutate(template, mutation))).map(nameOf);
  return partsOf(template)
    .filter(ofThis)
    .filter(part => !mutated.includes(nameOf(part)) && !namesOf(part).some(name => name in unseen))
    .map(nameOf);
}

/** What is called unseen and stands in none of the templates. */
export function absentIn(
  apps: readonly SynthesizedApp[],
  unseen: Readonly<Record<string, string>>,
): string[] {
  const names = new Set(apps.flatMap(({ template }) => partsOf(template)).flatMap(namesOf));
  return Object.keys(unseen).filter(name => !names.has(name));
}
