import type { AssemblyStack } from './assembly.ts';
import { StartError } from './start-error.ts';

export const DEFAULT_REGION = 'us-east-1';
export const DEFAULT_ACCOUNT_ID = '000000000000';

export interface Place {
  readonly region: string;
  readonly accountId: string;
}

/**
 * Where the engine pretends to be: where the stacks say that they are, or the defaults.
 *
 * @throws StartError for stacks of two regions or accounts: their ARNs and queue URLs would mix in one engine.
 */
export function placeOf(
  stacks: readonly AssemblyStack[],
  { region = DEFAULT_REGION, accountId = DEFAULT_ACCOUNT_ID }: Partial<Place>,
): Place {
  return {
    region: only(stacks, 'region', 'region') ?? region,
    accountId: only(stacks, 'accountId', 'account') ?? accountId,
  };
}

function only(stacks: readonly AssemblyStack[], property: keyof Place, word: string): string | undefined {
  const known = new Set(stacks.flatMap(stack => stack[property] ?? []));
  if (known.size > 1) {
    const list = stacks.map(stack => `${stack.path} (${stack[property] ?? `any ${word}`})`).join(', ');
    throw new StartError(
      `the stacks are in more than one ${word}: ${list}; choose those of one with --stack <name>, or stacks: ['<name>']`,
    );
  }
  return [...known][0];
}
