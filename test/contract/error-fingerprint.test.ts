import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { errorFingerprint, errorPattern } from '../../contract/error-fingerprint.ts';

describe('the pattern of a message', () => {
  it.each([
    ['order 4711 not found', 'order # not found'],
    ["user 'Ada' has no mailbox", 'user … has no mailbox'],
    ['field "email" is `undefined`', 'field … is …'],
    ['no customer cus_8fK2 at 10.0.0.7:443', 'no customer # at #:#'],
    ['run 0197a3c2-11ff-7000-8000-00aa00bb00cc timed out', 'run # timed out'],
    ['ada.1815@example.com bounced', '# bounced'],
    ["can't read what isn't there", "can't read what isn't there"],
    ['two\n  lines', 'two lines'],
    ['', ''],
  ])('of %j is %j', (message, pattern) => {
    expect(errorPattern(message)).toBe(pattern);
  });
});

describe('the fingerprint of a failure', () => {
  const failure = {
    task: 'greet',
    cause: 'attemptsUsedUp',
    error: { name: 'Error', message: 'order 1 lost' },
  };

  it('is the same whatever the numbers in the message', () => {
    fc.assert(
      fc.property(fc.nat(), number => {
        const error = { name: 'Error', message: `order ${number} lost` };
        expect(errorFingerprint({ ...failure, error })).toBe(errorFingerprint(failure));
      }),
    );
  });

  it.each([
    { ...failure, task: 'other' },
    { ...failure, cause: 'lost' },
    { ...failure, cause: undefined },
    { ...failure, error: { name: 'TypeError', message: 'order 1 lost' } },
    { ...failure, error: { name: 'Error', message: 'order 1 found' } },
    { ...failure, error: undefined },
  ])('is another for %j', other => {
    expect(errorFingerprint(other)).toMatch(/^[0-9a-f]{16}$/);
    expect(errorFingerprint(other)).not.toBe(errorFingerprint(failure));
  });
});
