import { StartError } from './start-error.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Undefined for what is no JSON, or no object. */
export function parseJsonObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

export function objectAt(parent: JsonObject, key: string): JsonObject | undefined {
  return valueAt(parent, key, 'an object', value => (isJsonObject(value) ? value : undefined));
}

export function arrayAt(parent: JsonObject, key: string): readonly unknown[] | undefined {
  return valueAt(parent, key, 'a list', value => (Array.isArray(value) ? value : undefined));
}

export function objectsAt(parent: JsonObject, key: string): readonly JsonObject[] | undefined {
  return valueAt(parent, key, 'a list of objects', value =>
    Array.isArray(value) && value.every(isJsonObject) ? value : undefined,
  );
}

export function stringsAt(parent: JsonObject, key: string): readonly string[] | undefined {
  return valueAt(parent, key, 'a list of strings', value =>
    Array.isArray(value) && value.every(item => typeof item === 'string') ? value : undefined,
  );
}

export function stringAt(parent: JsonObject, key: string): string | undefined {
  return valueAt(parent, key, 'a string', value =>
    typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
      ? String(value)
      : undefined,
  );
}

/** CloudFormation takes numbers written as strings too: every parameter and every `Fn::Sub` is one. */
export function numberAt(parent: JsonObject, key: string): number | undefined {
  return valueAt(parent, key, 'a number', value => {
    const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
    return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
  });
}

export function booleanAt(parent: JsonObject, key: string): boolean | undefined {
  return valueAt(parent, key, 'true or false', value =>
    value === true || value === 'true' ? true : value === false || value === 'false' ? false : undefined,
  );
}

export function oneOfAt<T extends string>(
  parent: JsonObject,
  key: string,
  allowed: readonly T[],
): T | undefined {
  return valueAt(parent, key, `one of ${allowed.join(', ')}`, value => allowed.find(item => item === value));
}

export function required<T>(value: T | undefined, key: string): T {
  if (value === undefined) throw new StartError(`${key} is missing`);
  return value;
}

/** Refuses keys that nobody has thought about: what they ask for might matter. */
export function onlyKnown(object: JsonObject, known: readonly string[]): void {
  const unknown = Object.keys(object).find(key => !known.includes(key));
  if (unknown !== undefined) throw new StartError(`${unknown} is not supported`);
}

function valueAt<T>(
  parent: JsonObject,
  key: string,
  expected: string,
  parse: (value: unknown) => T | undefined,
): T | undefined {
  const value = parent[key];
  if (value === undefined || value === null) return undefined;
  const parsed = parse(value);
  if (parsed === undefined) throw new StartError(`${key} must be ${expected}, got ${JSON.stringify(value)}`);
  return parsed;
}
