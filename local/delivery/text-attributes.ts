import type { JsonObject } from '../json-value.ts';

/** Texts as attributes of an SQS message. */
export function textAttributes(texts: Readonly<Record<string, string>>): JsonObject {
  return Object.fromEntries(
    Object.entries(texts).map(([name, StringValue]) => [name, { DataType: 'String', StringValue }]),
  );
}
