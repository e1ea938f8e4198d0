import { type Assembly, type AssemblyStack, readAssembly } from './assembly.ts';
import type { PlannedStack } from './create-stacks.ts';
import type { Place } from './place.ts';
import { checkSupported } from './resources/registry.ts';
import { selectStacks } from './select-stacks.ts';
import { startErrorIn } from './start-error.ts';
import { prepareStack } from './template/prepare-stack.ts';

/** The stacks to start of an assembly or its folder, each after those it depends on. @throws StartError */
export async function readStacks(
  assembly: string | Assembly,
  { stacks }: { readonly stacks?: readonly string[] },
): Promise<AssemblyStack[]> {
  return selectStacks(typeof assembly === 'string' ? await readAssembly(assembly) : assembly, stacks);
}

/** @throws StartError for templates that cannot be evaluated, and for resources that are not supported. */
export function planStacks(
  stacks: readonly AssemblyStack[],
  place: Place,
  parameters: Readonly<Record<string, string>>,
): PlannedStack[] {
  const planned: PlannedStack[] = [];
  for (const source of stacks) {
    const identity = { stackName: source.name, ...place };
    try {
      planned.push({ source, prepared: prepareStack(source.template, identity, parameters) });
    } catch (error) {
      throw startErrorIn(source.path, error);
    }
  }
  checkSupported(new Map(planned.map(({ source, prepared }) => [source.name, prepared])));
  return planned;
}
