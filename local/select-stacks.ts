import type { Assembly, AssemblyStack } from './assembly.ts';
import { StartError } from './start-error.ts';

/**
 * The stacks to start, each after those it depends on: all, or the named ones and what they depend on.
 *
 * @param names CloudFormation names or construct paths.
 * @throws StartError when there is no stack of a name, listing those there are.
 */
export function selectStacks(assembly: Assembly, names: readonly string[] | undefined): AssemblyStack[] {
  const selected = new Set<AssemblyStack>();

  function select(stack: AssemblyStack): void {
    for (const other of assembly.stacks) {
      if (stack.dependencies.includes(other.path)) select(other);
    }
    selected.add(stack);
  }

  if (assembly.stacks.length === 0) throw new StartError(`${assembly.folder} has no stacks`);
  for (const name of names ?? assembly.stacks.map(stack => stack.path)) {
    const stack =
      assembly.stacks.find(({ path }) => path === name) ?? assembly.stacks.find(s => s.name === name);
    if (stack === undefined) {
      const known = assembly.stacks.map(({ path }) => path).join(', ');
      throw new StartError(`there is no stack ${name} in ${assembly.folder}; there are: ${known}`);
    }
    select(stack);
  }
  return [...selected];
}
