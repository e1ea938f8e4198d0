import type { RunError } from '../../contract/run.ts';
import { short } from './short.ts';

export function describeAttempts(attempt: number): string {
  return attempt === 1 ? '1 attempt' : `${attempt} attempts`;
}

export function describeFailure({ name, message }: Pick<RunError, 'name' | 'message'>): string {
  return `${name}: ${short(message)}`;
}
