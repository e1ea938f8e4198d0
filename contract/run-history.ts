import type { DeadLetterCause, PastLife, RunError } from './run.ts';
import type { RunItem } from './run-item.ts';

/** Older lives are forgotten: what a run that is redriven again and again stores stays below 30 KB. */
export const MAX_PAST_LIVES = 10;

/** A life as it is stored, its error without stack and causes. */
interface StoredLife {
  readonly epoch: number;
  readonly attempts: number;
  readonly cause?: DeadLetterCause;
  readonly error?: RunError;
  readonly at?: number;
}

/** The history of a run whose next life begins, as JSON: that of the item, and the life that the item tells of. */
export function historyAfter(item: RunItem): string {
  const { epoch, attempt, cause, error, finishedAt } = item;
  const life: StoredLife = {
    epoch,
    attempts: attempt,
    ...(cause !== undefined && { cause }),
    ...(error !== undefined && shortError(error)),
    ...(finishedAt !== undefined && { at: finishedAt }),
  };
  return JSON.stringify([...storedLives(item.history), life].slice(-MAX_PAST_LIVES));
}

export function toPastLives(history: string): PastLife[] {
  return storedLives(history).map(({ at, ...life }) => ({
    ...life,
    ...(at !== undefined && { finishedAt: new Date(at) }),
  }));
}

/** A redrive must not fail for what somebody else has written there. */
function storedLives(json = '[]'): StoredLife[] {
  const lives = parse(json);
  return Array.isArray(lives) ? lives.filter(isLife) : [];
}

function isLife(value: unknown): value is StoredLife {
  if (typeof value !== 'object' || value === null) return false;
  const { epoch, attempts } = value as Record<string, unknown>;
  return typeof epoch === 'number' && typeof attempts === 'number';
}

function shortError(json: string): { error?: RunError } {
  const error = parse(json);
  if (typeof error !== 'object' || error === null) return {};
  const { name, message } = error as Record<string, unknown>;
  return typeof name === 'string' && typeof message === 'string' ? { error: { name, message } } : {};
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
