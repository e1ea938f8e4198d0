import { type JsonObject, objectsAt, required, stringAt } from '../json-value.ts';

export function readTags(input: JsonObject): ReadonlyMap<string, string> {
  const tags = objectsAt(input, 'Tags') ?? [];
  return new Map(tags.map(tag => [required(stringAt(tag, 'Key'), 'Key'), stringAt(tag, 'Value') ?? '']));
}
