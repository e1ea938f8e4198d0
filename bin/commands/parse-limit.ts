import { InvalidArgumentError } from 'commander';

/** Of a list that is one page. */
export function parseLimit(text: string): number {
  const limit = Number(text);
  if (!Number.isInteger(limit) || limit < 1 || limit > 100) {
    throw new InvalidArgumentError('a limit is a whole number from 1 to 100.');
  }
  return limit;
}
