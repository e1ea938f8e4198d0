import type { Input } from './input.ts';
import { StepFunctionsError } from './step-functions-error.ts';

const DEFAULT_PAGE = 100;
const LONGEST_PAGE = 1000;

/** One page of a list, by `maxResults` and `nextToken`. */
export function pageOf<T>(items: readonly T[], input: Input): { items: readonly T[]; nextToken?: string } {
  const length = input.count('maxResults', DEFAULT_PAGE, LONGEST_PAGE);
  const token = input.optionalText('nextToken');
  const from = token === undefined ? 0 : Number(token);
  if (!Number.isInteger(from) || from < 0) {
    throw new StepFunctionsError('InvalidToken', `Invalid Token: '${token}'`);
  }
  const to = from + length;
  return { items: items.slice(from, to), ...(to < items.length && { nextToken: String(to) }) };
}
