import { type JsonObject, numberAt, stringAt } from '../json-value.ts';
import { SchedulerError } from './scheduler-error.ts';

const MAX_RESULTS = 100;

/** The page that `MaxResults` and `NextToken` ask for, and the token of the next one. The token is the name it begins with. */
export function pageOf<T extends { readonly name: string }>(all: readonly T[], input: JsonObject) {
  const size = numberAt(input, 'MaxResults') ?? MAX_RESULTS;
  if (!Number.isInteger(size) || size < 1 || size > MAX_RESULTS) {
    throw new SchedulerError(
      'ValidationException',
      `MaxResults must be from 1 to ${MAX_RESULTS}, got ${size}`,
    );
  }
  const from = stringAt(input, 'NextToken') ?? '';
  const rest = all.filter(({ name }) => name >= from).sort((a, b) => (a.name < b.name ? -1 : 1));
  const next = rest[size]?.name;
  return { page: rest.slice(0, size), ...(next !== undefined && { NextToken: next }) };
}
