import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DeadLetterReason, toDeadLetter, toRunError } from '../../contract/dead-letter.ts';
import type { Envelope } from '../../contract/envelope.ts';
import { RESERVED_FOR_DEAD_LETTER_BYTES } from '../../contract/limits.ts';

const bytes = (value: unknown) => Buffer.byteLength(JSON.stringify(value));

/** What message attributes may need of the reserve: task, run id, error name and attempts, with their names. */
const ATTRIBUTE_BYTES = 1000;

function errorOf(text: string, cause?: unknown): Error {
  const error = new Error(text, { cause });
  error.name = text;
  error.stack = text;
  return error;
}

function throwing(message: string): never {
  throw new Error(message);
}

const cyclic = new Error('cyclic');
cyclic.cause = cyclic;

const revoked = Proxy.revocable(new Error('revoked'), {});
revoked.revoke();

class Hostile extends Error {
  override get message(): string {
    return throwing('message');
  }
  override get name(): string {
    return throwing('name');
  }
  override get stack(): string {
    return throwing('stack');
  }
  override get cause(): unknown {
    return throwing('cause');
  }
}

/** Kept out of the tests' own parameters: printing them would throw. */
const HOSTILE: Readonly<Record<string, unknown>> = {
  undefined: undefined,
  null: null,
  'a symbol': Symbol('thrown'),
  'a BigInt': 1n,
  'a function': () => 1,
  'a revoked proxy': revoked.proxy,
  'a proxy whose every trap throws': new Proxy({}, new Proxy({}, { get: () => throwing('trap') })),
  'an object that cannot be a string': Object.create(null),
  'an object whose toJSON throws': { toJSON: () => throwing('toJSON') },
  'an object whose tag throws': {
    toJSON: () => throwing('a'),
    get [Symbol.toStringTag]() {
      return throwing('b');
    },
  },
  'an error whose getters throw': new Hostile(),
  'an error whose message is no string': Object.assign(new Error(), {
    message: { toString: () => throwing('a') },
  }),
  'an error whose name is a symbol': Object.assign(new Error(), { name: Symbol('name') }),
  'an error that is its own cause': cyclic,
};

describe('toRunError', () => {
  it('keeps name, message, stack and causes', () => {
    const cause = new TypeError('below');
    const error = new RangeError('above', { cause });

    expect(toRunError(error)).toEqual({
      name: 'RangeError',
      message: 'above',
      stack: error.stack,
      cause: { name: 'TypeError', message: 'below' },
    });
  });

  it('describes what is no error', () => {
    const thrown = ['text', { code: 7 }, undefined, null, 7, 1n, Symbol('a')];
    expect(thrown.map(one => toRunError(one))).toEqual(
      ['text', '{"code":7}', 'undefined', 'null', '7', '1', 'Symbol(a)'].map(message => ({
        name: 'NonError',
        message,
      })),
    );
  });

  it('follows three causes and no more', () => {
    const error = errorOf('0', errorOf('1', errorOf('2', errorOf('3', errorOf('4')))));
    expect(JSON.stringify(toRunError(error))).toContain('"3"');
    expect(JSON.stringify(toRunError(error))).not.toContain('"4"');
  });

  it.each(Object.keys(HOSTILE))('never throws and can be written: %s', name => {
    const error = toRunError(HOSTILE[name]);
    expect(JSON.parse(JSON.stringify(error))).toEqual(error);
    expect(error.name).toBeTypeOf('string');
    expect(error.message).toBeTypeOf('string');
  });

  it('never throws on any value at all', () => {
    fc.assert(
      fc.property(
        fc.anything({ withBigInt: true, withNullPrototype: true, withObjectString: true }),
        fc.anything(),
        (thrown, cause) => {
          toRunError(thrown);
          toRunError(new Error('outer', { cause }));
        },
      ),
    );
  });

  it('does not cut a character in two', () => {
    expect(toRunError(errorOf(`a${'😀'.repeat(5000)}`)).message).toMatch(/^a😀+$/u);
  });

  const anyLongText = fc
    .tuple(
      fc.constantFrom(
        'a',
        '"',
        '\\',
        '\n',
        '\u0001',
        'é',
        '漢',
        '😀',
        '\ud800',
        '\udc00',
        'a😀',
        '"漢\u0000',
      ),
      fc.integer({ min: 1, max: 20_000 }),
    )
    .map(([unit, count]) => unit.repeat(count));

  it('leaves the reserve of a message room for the rest of the reason and its attributes', () => {
    fc.assert(
      fc.property(anyLongText, anyLongText, anyLongText, (one, two, three) => {
        const error = toRunError(errorOf(one, errorOf(two, errorOf(three, errorOf(one, errorOf(two))))));
        expect(bytes(error)).toBeLessThanOrEqual(15_000);
        expect(bytes(toRunError(one))).toBeLessThanOrEqual(15_000);

        // GIVEN an envelope whose epoch gets a digit more, WHEN it dies with this error
        const envelope: Envelope = { v: 1, runId: 'r', epoch: 9, task: 'a', payload: 1, depth: 0 };
        const reason: DeadLetterReason = { cause: 'attemptsUsedUp', error, attempts: 330, at: 1e13 };
        const growth = bytes(toDeadLetter(envelope, reason)) - bytes(envelope);

        // THEN the letter has room in the message
        expect(growth + ATTRIBUTE_BYTES).toBeLessThanOrEqual(RESERVED_FOR_DEAD_LETTER_BYTES);
      }),
    );
  });

  it('is quick about a message of many megabytes', { timeout: 1000 }, () => {
    expect(bytes(toRunError(errorOf('漢'.repeat(20_000_000))))).toBeLessThanOrEqual(15_000);
  });
});
