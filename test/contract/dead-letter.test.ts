import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type DeadLetterReason,
  parseDeadLetterReason,
  toDeadLetter,
  toRunError,
  whileRetrying,
} from '../../contract/dead-letter.ts';
import { decodeMessage, type Envelope } from '../../contract/envelope.ts';
import { anyBody, anyEnvelope } from './arbitraries.ts';

const reason: DeadLetterReason = {
  cause: 'attemptsUsedUp',
  error: { name: 'Error', message: 'mail server said no' },
  attempts: 5,
  at: 1_800_000_000_000,
};

const bodyOf = (envelope: Envelope) => JSON.stringify(toDeadLetter(envelope, reason));

describe('a dead letter', () => {
  it('is the same envelope with its epoch raised when it comes back to the queue', () => {
    fc.assert(
      fc.property(anyEnvelope, envelope => {
        const { envelope: redriven, malformed } = decodeMessage(bodyOf(envelope), 'another-message-id');

        expect(malformed).toBeUndefined();
        expect(redriven).toEqual({ ...JSON.parse(JSON.stringify(envelope)), epoch: envelope.epoch + 1 });
      }),
    );
  });

  it('tells its reason', () => {
    fc.assert(
      fc.property(anyEnvelope, envelope => {
        expect(parseDeadLetterReason(bodyOf(envelope))).toEqual(reason);
      }),
    );
  });

  it('gives a message without an identity of its own the one it had in its first life', () => {
    const { envelope } = decodeMessage('{"task":"resize","payload":1}', 'first-message-id');
    expect(decodeMessage(bodyOf(envelope), 'second-message-id').envelope.runId).toBe('first-message-id');
  });
});

describe('the dead letter of a malformed message', () => {
  it('keeps its identity and its body through any number of redrives, and does not grow', () => {
    fc.assert(
      fc.property(anyBody, fc.integer({ min: 1, max: 20 }), (body, redrives) => {
        const first = decodeMessage(body, 'first-message-id');
        fc.pre(first.malformed !== undefined);

        let last = first;
        for (let n = 1; n <= redrives; n++) last = decodeMessage(bodyOf(last.envelope), `message-id-${n}`);

        expect(last.malformed).toBe(first.malformed);
        expect(last.envelope).toEqual({ ...first.envelope, epoch: first.envelope.epoch + redrives });
      }),
      { numRuns: 1000 },
    );
  });

  it('holds the body as it was', () => {
    const { envelope } = decodeMessage('{"v":1,', 'first-message-id');
    expect(toDeadLetter(envelope, reason)).toMatchObject({ epoch: 1, malformedBody: '{"v":1,' });
  });

  it('is run by a consumer that can read what an older one could not', () => {
    // GIVEN the dead letter of a message that an older consumer could not read
    const readable: Envelope = { v: 1, runId: 'r', epoch: 3, task: 'resize', payload: { a: 1 }, depth: 0 };
    const malformedBody = JSON.stringify(readable);
    const letter = { ...readable, runId: 'first-message-id', epoch: 1, task: '(malformed)', malformedBody };

    // WHEN it is redriven to this one
    const decoded = decodeMessage(JSON.stringify(letter), 'second-message-id');

    // THEN it is the next life of the run that was dead-lettered
    expect(decoded).toEqual({ envelope: { ...readable, runId: 'first-message-id', epoch: 1 } });
  });
});

describe('parseDeadLetterReason', () => {
  it.each([
    ['no JSON', 'nothing'],
    ['null', 'null'],
    ['a string', '"deadLetter"'],
    ['an envelope that SQS dead-lettered by itself', '{"task":"a","payload":1}'],
    ['a foreign field of that name', '{"deadLetter":true}'],
    ['half a reason', '{"deadLetter":{"cause":"lost"}}'],
    ['a reason without an error', '{"deadLetter":{"cause":"lost","error":null}}'],
  ])('finds none in %s', (_name, body) => {
    expect(parseDeadLetterReason(body)).toBeUndefined();
  });
});

describe('an error that is kept while its run is retried', () => {
  it('has the beginning of its stack, whole lines of it', () => {
    const { stack = '', ...error } = toRunError(new Error('no connection'));
    const kept = whileRetrying({ ...error, stack });
    expect(kept).toMatchObject(error);
    expect(stack.startsWith(`${kept.stack}\n`)).toBe(true);
    expect(Buffer.byteLength(kept.stack ?? '')).toBeLessThan(300);
    expect(kept.stack?.split('\n').length).toBeGreaterThan(1);
  });

  it('has no stack when not one frame fits', () => {
    const error = { name: 'Error', message: 'm', stack: `Error: m\n    at ${'x'.repeat(400)}` };
    expect(whileRetrying(error)).toEqual({ name: 'Error', message: 'm' });
  });
});
