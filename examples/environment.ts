/** A variable that the stack sets on this function. */
export function required(name: string): string {
  const value = process.env[name];
  if (!value)
    throw new Error(`The environment variable ${name} is not set: the stack must give it to this function`);
  return value;
}
