import type { Envelope } from './envelope.ts';
import type { DeadLetterCause, RunError } from './run.ts';

/**
 * The body of a dead letter: the envelope as a redrive will send it, its epoch already raised, and why it is here.
 * The consumer reads the envelope and passes over the reason, so moving the message back to its queue, from the AWS
 * console for one, is a redrive.
 */
export interface DeadLetter extends Envelope {
  readonly deadLetter: DeadLetterReason;
}

export interface DeadLetterReason {
  readonly cause: DeadLetterCause;
  readonly error: RunError;
  /** Attempts made in the life that ended. */
  readonly attempts: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** The letter that follows a run's end in the epoch of `envelope`. */
export function toDeadLetter(envelope: Envelope, reason: DeadLetterReason): DeadLetter {
  return { ...envelope, epoch: envelope.epoch + 1, deadLetter: reason };
}

/** The reason in a dead letter's body; undefined for a message that SQS dead-lettered by itself. */
export function parseDeadLetterReason(body: string): DeadLetterReason | undefined {
  let letter: unknown;
  try {
    letter = JSON.parse(body);
  } catch {
    return undefined; // Not our letter: a body that is no JSON was dead-lettered natively.
  }
  const reason =
    typeof letter === 'object' && letter !== null && 'deadLetter' in letter ? letter.deadLetter : undefined;
  return isReason(reason) ? reason : undefined;
}

function isReason(value: unknown): value is DeadLetterReason {
  if (typeof value !== 'object' || value === null) return false;
  const { cause, error } = value as { cause?: unknown; error?: { name?: unknown; message?: unknown } | null };
  return [cause, error?.name, error?.message].every(field => typeof field === 'string');
}

/** What each part may take, in bytes as JSON: a control character is six of them, a Chinese one three. */
const MAX_BYTES = { name: 256, message: 2048, stack: 5000 };
const DEEPEST_CAUSE = 3;

/** An error as it is written to the run item and the dead letter: at most 15,000 bytes, whatever was thrown. */
export function toRunError(thrown: unknown): RunError {
  return toErrorAt(0, thrown);
}

/** What a stack may take in the item of a run that will be tried again. */
const MAX_WAITING_STACK_BYTES = 300;

/**
 * The error as a run keeps it that will be tried again: of its stack, the beginning. All of it is in the attempt's log
 * line, and in the dead letter if that is how the run ends; and an item of more than 1 KB costs two units a write.
 */
export function whileRetrying({ stack, ...error }: RunError): RunError {
  if (stack === undefined) return error;
  const lines: string[] = [];
  for (const line of stack.split('\n')) {
    if (Buffer.byteLength(JSON.stringify([...lines, line].join('\n'))) > MAX_WAITING_STACK_BYTES) break;
    lines.push(line);
  }
  return lines.length > 1 ? { ...error, stack: lines.join('\n') } : error;
}

function toErrorAt(depth: number, thrown: unknown): RunError {
  try {
    if (!(thrown instanceof Error)) return { name: 'NonError', message: clip('message', describe(thrown)) };
    const { name, message, stack, cause } = thrown;
    return {
      name: clip('name', String(name)),
      message: clip('message', String(message)),
      ...(depth === 0 && typeof stack === 'string' && { stack: clip('stack', stack) }),
      ...(depth < DEEPEST_CAUSE && cause !== undefined && { cause: toErrorAt(depth + 1, cause) }),
    };
  } catch {
    // A revoked proxy, or a getter that throws.
    return { name: 'UnreadableError', message: 'what was thrown throws itself when it is read' };
  }
}

function describe(thrown: unknown): string {
  if (typeof thrown !== 'object' || thrown === null) return String(thrown);
  try {
    return JSON.stringify(thrown) ?? String(thrown);
  } catch {
    return Object.prototype.toString.call(thrown); // Circular, or a getter that throws.
  }
}

/** The longest beginning of a text that fits, cut between characters. */
function clip(part: keyof typeof MAX_BYTES, text: string): string {
  let bytes = 0;
  let end = 0;
  for (const character of text.slice(0, MAX_BYTES[part])) {
    bytes += Buffer.byteLength(JSON.stringify(character)) - 2;
    if (bytes > MAX_BYTES[part]) break;
    end += character.length;
  }
  return text.slice(0, end);
}
