import { SqsError } from './sqs-error.ts';

/** A request's JSON body, or an object within it. What a verb needs of it, it reads by the functions below. */
export type Input = Readonly<Record<string, unknown>>;

export function toInput(value: unknown, where: string): Input {
  if (!isObject(value)) throw wrongType(where, 'an object', value);
  return value;
}

/** A string that must be there; AWS treats an empty one as missing. */
export function requireString(input: Input, name: string): string {
  const value = readString(input, name);
  if (value === undefined || value === '') {
    throw new SqsError('MissingParameter', `The request must contain the parameter ${name}.`);
  }
  return value;
}

export function readString(input: Input, name: string): string | undefined {
  const value = input[name] ?? undefined;
  if (value !== undefined && typeof value !== 'string') throw wrongType(name, 'a string', value);
  return value;
}

export function readInteger(
  input: Input,
  name: string,
  allowed: { readonly min: number; readonly max: number },
): number | undefined {
  const value = input[name] ?? undefined;
  if (value === undefined) return undefined;
  if (typeof value !== 'number' || !Number.isInteger(value)) throw wrongType(name, 'an integer', value);
  if (value < allowed.min || value > allowed.max) {
    throw new SqsError(
      'InvalidParameterValue',
      `Value ${value} for parameter ${name} is invalid. Reason: Must be between ${allowed.min} and ${allowed.max}, if provided.`,
    );
  }
  return value;
}

export function readStrings(input: Input, name: string): readonly string[] {
  return readList(input, name).map(item => {
    if (typeof item !== 'string') throw wrongType(name, 'a list of strings', item);
    return item;
  });
}

export function readInputs(input: Input, name: string): readonly Input[] {
  return readList(input, name).map(item => toInput(item, name));
}

export function readStringMap(input: Input, name: string): Readonly<Record<string, string>> {
  const map: Record<string, string> = {};
  for (const [key, value] of Object.entries(toInput(input[name] ?? {}, name))) {
    if (typeof value !== 'string') throw wrongType(`${name}.${key}`, 'a string', value);
    map[key] = value;
  }
  return map;
}

function readList(input: Input, name: string): readonly unknown[] {
  const value = input[name] ?? [];
  if (!Array.isArray(value)) throw wrongType(name, 'a list', value);
  return value;
}

function isObject(value: unknown): value is Input {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function wrongType(name: string, expected: string, got: unknown): SqsError {
  return new SqsError('SerializationException', `${name} must be ${expected}, got ${JSON.stringify(got)}`);
}
