import type { Frame } from './frame.ts';
import type { ListScope } from './scope.ts';
import { StateFailure } from './state-failure.ts';

/** https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html: 256 KiB of JSON text, as UTF-8. */
const MAX_PAYLOAD_BYTES = 262_144;

/** @throws StateFailure `States.DataLimitExceeded` */
export function checkSize(value: unknown, what: string): void {
  if (bytesOf(value) <= MAX_PAYLOAD_BYTES) return;
  const cause = `${what} with a size exceeding the maximum number of bytes service limit.`;
  throw new StateFailure('States.DataLimitExceeded', cause);
}

/** https://docs.aws.amazon.com/step-functions/latest/dg/workflow-variables.html: one `Assign`, and all of an execution. */
const MAX_VARIABLES = { assignedBytes: MAX_PAYLOAD_BYTES, storedBytes: 10 * 1_048_576 };

/** @throws StateFailure `States.DataLimitExceeded` */
export function checkVariables(
  assigned: Readonly<Record<string, unknown>>,
  name: string,
  scope: ListScope,
): void {
  const { assignedBytes, storedBytes } = MAX_VARIABLES;
  const bytes = sizeOf(assigned);
  if (bytes > assignedBytes)
    throw tooMuch(`Assign of state '${name}' must come to at most ${assignedBytes} bytes`, bytes);
  const { variables } = scope.frame;
  const replaced = Object.fromEntries(
    Object.entries(variables).filter(([key]) => Object.hasOwn(assigned, key)),
  );
  const stored = storedIn(scope.wholeFrame) - sizeOf(replaced) + bytes;
  if (stored <= storedBytes) return;
  throw tooMuch(
    `the variables of the execution must come to at most ${storedBytes} bytes, with those of state '${name}'`,
    stored,
  );
}

/** Of lists that have ended, nothing is stored. */
function storedIn({ variables, children = [], output }: Frame): number {
  if (output) return 0;
  return children.reduce((bytes, child) => bytes + storedIn(child), sizeOf(variables));
}

function sizeOf(variables: Readonly<Record<string, unknown>>): number {
  return Object.values(variables).reduce<number>((bytes, value) => bytes + bytesOf(value), 0);
}

function bytesOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value) ?? '');
}

function tooMuch(rule: string, bytes: number): StateFailure {
  return new StateFailure('States.DataLimitExceeded', `${rule}, got ${bytes}.`);
}
