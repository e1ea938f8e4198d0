import { AccessDenied } from '../permissions/access-denied.ts';
import { SqsError } from '../sqs/sqs-error.ts';

/** Why a target did not take what it was sent. */
export interface Failure {
  readonly kind: 'denied' | 'missing' | 'refused' | 'malformed' | 'throttled' | 'broken';
  readonly code: string;
  readonly message: string;
}

/** What is wrong with the request or the target will be wrong the next time; what is wrong with the service may not. */
export function isRetryable({ kind }: Failure): boolean {
  return kind === 'throttled' || kind === 'broken';
}

/** A target that is not there. */
export class MissingTarget extends Error {
  override readonly name = 'ResourceNotFoundException';
}

/** What a target was to be given is none that it can take. */
export class MalformedInput extends Error {
  override readonly name = 'MalformedInput';
}

export function failureOf(error: unknown): Failure {
  if (error instanceof AccessDenied) return { kind: 'denied', code: 'AccessDenied', message: error.message };
  if (error instanceof MissingTarget) return { kind: 'missing', code: error.name, message: error.message };
  if (error instanceof MalformedInput) return { kind: 'malformed', code: error.name, message: error.message };
  if (error instanceof SqsError) return failureOfSqs(error);
  return {
    kind: 'broken',
    code: 'InternalFailure',
    message: error instanceof Error ? error.message : String(error),
  };
}

function failureOfSqs({ code, queryCode, message, status }: SqsError): Failure {
  if (code === 'QueueDoesNotExist') return { kind: 'missing', code: queryCode, message };
  return { kind: status >= 500 ? 'broken' : 'refused', code: queryCode, message };
}
