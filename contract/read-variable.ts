/** A variable of a function's environment, as a construct writes it: JSON. */
export interface Variable<Value> {
  readonly name: string;
  /** What to do when it is not set. */
  readonly fix: string;
  /** For the message when it has something else. */
  readonly expected: string;
  readonly fits: (value: unknown) => value is Value;
}

/** @throws Error naming the variable and the fix, when it is missing or is not what a construct wrote */
export function readVariable<Value>(
  environment: Readonly<Record<string, string | undefined>>,
  { name, fix, expected, fits }: Variable<Value>,
): Value {
  const text = environment[name];
  if (text === undefined) throw new Error(`The environment variable ${name} is not set: ${fix}`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new Error(`The environment variable ${name} is not JSON: ${text.slice(0, 200)}`, { cause });
  }
  if (fits(value)) return value;
  throw new Error(
    `The environment variable ${name} is not what a construct of this version writes (${expected}): ${text.slice(0, 200)}`,
  );
}
