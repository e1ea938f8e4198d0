import { describe, expect, it } from 'vitest';
import { NonRetryableError, RetryAfterError, TaskPayloadError } from '../../contract/errors.ts';

describe('errors', () => {
  it('tell themselves apart by name, which survives bundling and a second copy of the package', () => {
    expect(new TaskPayloadError('a', []).name).toBe('TaskPayloadError');
    expect(new NonRetryableError('a').name).toBe('NonRetryableError');
    expect(new RetryAfterError('1s').name).toBe('RetryAfterError');
  });

  it('keep their cause', () => {
    const cause = new Error('below');
    expect(new TaskPayloadError('a', [], { cause }).cause).toBe(cause);
    expect(new NonRetryableError('a', { cause }).cause).toBe(cause);
    expect(new RetryAfterError('1s', 'later', { cause }).cause).toBe(cause);
  });

  it('list the issues of a payload with their places', () => {
    const issues = [
      { path: 'user.email', message: 'not an e-mail address' },
      { path: '', message: 'too much' },
    ];
    expect(new TaskPayloadError('a', issues).message).toBe(
      "The payload of task 'a' is not valid: user.email: not an e-mail address; too much",
    );
  });

  it('carry the delay of a RetryAfterError in milliseconds', () => {
    expect(new RetryAfterError('90s')).toMatchObject({ delayMs: 90_000, message: 'retry after 90s' });
    // @ts-expect-error not a duration
    expect(() => new RetryAfterError('soon')).toThrow(/^delay must be/);
  });

  it('bound what a RetryAfterError asks for', () => {
    expect(new RetryAfterError('30d').delayMs).toBe(30 * 86_400_000);
    expect(() => new RetryAfterError('31d')).toThrow('delay must be at most 30d, got 31d');
  });
});
