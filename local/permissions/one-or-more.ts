import { type JsonObject, stringsAt } from '../json-value.ts';

/** Wherever policies take a list of strings, they take a single string as well. */
export function oneOrMore(parent: JsonObject, key: string): readonly string[] | undefined {
  const value = parent[key];
  return typeof value === 'string' ? [value] : stringsAt(parent, key);
}
