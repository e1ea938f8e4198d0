import { vi } from 'vitest';

/**
 * Resolves as soon as the check passes. Ten seconds are for a busy machine, on which the second that `vi.waitFor` allows
 * is too short.
 */
export function eventually<T>(check: () => T | Promise<T>): Promise<T> {
  return vi.waitFor(check, { timeout: 10_000 });
}
