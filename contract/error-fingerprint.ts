import { createHash } from 'node:crypto';
import type { RunError } from './run.ts';

/** What runs that failed alike have in common. */
export interface Failure {
  readonly task: string;
  /** Undefined for a message that SQS dead-lettered by itself. */
  readonly cause: string | undefined;
  readonly error: Pick<RunError, 'name' | 'message'> | undefined;
}

/**
 * The same 16 hexadecimal digits for failures that differ in nothing but numbers, ids and quoted parts of their
 * message.
 */
export function errorFingerprint({ task, cause = '', error }: Failure): string {
  const parts = [task, cause, error?.name ?? '', errorPattern(error?.message ?? '')];
  return createHash('sha256').update(parts.join('\0')).digest('hex').slice(0, 16);
}

/** Errors are stored shorter; a stranger's letter need not be. */
const MAX_MESSAGE_LENGTH = 2048;

/** A message without what is of one run only: `order # of …` for `order 4711 of 'Ada'`. */
export function errorPattern(message: string): string {
  return message
    .slice(0, MAX_MESSAGE_LENGTH)
    .replaceAll(/"[^"]*"|`[^`]*`|(?<!\w)'[^']*'(?!\w)/g, '…')
    .replaceAll(/[\w.@-]*\d[\w.@-]*/g, '#')
    .replaceAll(/\s+/g, ' ')
    .trim();
}
