import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeMessage, type Envelope, MALFORMED_TASK } from '../../contract/envelope.ts';
import { MAX_NESTING } from '../../contract/limits.ts';
import { runIdOfKey } from '../../contract/run-id.ts';
import { anyBody, anyEnvelope } from './arbitraries.ts';

const MESSAGE_ID = '059f36b4-87a3-44ab-83d2-661975830a7d';
const own: Envelope = { v: 1, runId: 'r', epoch: 0, task: 'resize', payload: { a: 1 }, depth: 0 };
const decode = (message: unknown) => decodeMessage(JSON.stringify(message), MESSAGE_ID);

describe('decodeMessage', () => {
  it('reads every envelope back as it was written', () => {
    fc.assert(
      fc.property(anyEnvelope, envelope => {
        const body = JSON.stringify(envelope);
        expect(decodeMessage(body, MESSAGE_ID)).toEqual({ envelope: JSON.parse(body) });
      }),
    );
  });

  it('passes over fields that it does not know', () => {
    expect(decode({ ...own, deadLetter: { cause: 'lost' }, later: true })).toEqual({ envelope: own });
  });

  it('takes an envelope without a depth for one that an application sent', () => {
    expect(decode({ ...own, depth: undefined })).toEqual({ envelope: own });
  });

  it.each([
    ['v', 2, 'v must be 1, the version this consumer reads, got 2'],
    ['v', null, 'v must be 1, the version this consumer reads, got null'],
    ['runId', undefined, 'runId must be 1 to 100 of a-z A-Z 0-9 _ -, got nothing'],
    ['runId', 'x'.repeat(101), 'runId must be 1 to 100 of a-z A-Z 0-9 _ -, got "xxx'],
    ['runId', 'schedule x', 'runId must be 1 to 100 of a-z A-Z 0-9 _ -, got "schedule x"'],
    ['epoch', -1, 'epoch must be a whole number, 0 to 1000000, got -1'],
    ['epoch', 0.5, 'epoch must be a whole number, 0 to 1000000, got 0.5'],
    ['task', 'a b', "task must be a task's name"],
    ['task', MALFORMED_TASK, "task must be a task's name"],
    ['firstSentAt', '2026-01-01', 'firstSentAt must be milliseconds since the epoch, got "2026-01-01"'],
    [
      'idempotencyKey',
      '',
      'idempotencyKey must be a string of 1 to 1024 characters, without lone surrogates, got ""',
    ],
    ['epoch', 1_000_001, 'epoch must be a whole number, 0 to 1000000, got 1000001'],
    ['epoch', Number.MAX_SAFE_INTEGER, 'epoch must be a whole number, 0 to 1000000, got 9007199254740991'],
    ['keyEpoch', -1, 'keyEpoch must be a whole number, 0 to 1000000, got -1'],
    [
      'schedule',
      { name: 'n', arn: 'x'.repeat(501), at: '2030-01-01T00:00:00Z' },
      'schedule must be what a schedule of this version sends, got {"name":"n"',
    ],
    ['depth', 'deep', 'depth must be a whole number, 0 to 1000000, got "deep"'],
  ])('finds an envelope malformed for its %s: %j', (field, value, reason) => {
    const { envelope, malformed } = decode({ ...own, [field]: value });

    expect(malformed).toContain(reason);
    expect(envelope).toMatchObject({ runId: MESSAGE_ID, epoch: 0, task: MALFORMED_TASK });
  });

  it('quotes no more than the beginning of a wrong value', () => {
    expect(decode({ ...own, runId: 'x'.repeat(1_000_000) }).malformed?.length).toBeLessThan(200);
  });
});

describe('decodeMessage of a message that is not ours', () => {
  it('takes for its identity what a redrive says that its message id was', () => {
    const { envelope, anonymous } = decode({ task: 'resize', payload: [1], messageId: 'the-first' });

    expect(envelope.runId).toBe('the-first');
    expect(anonymous).toBe(true);
  });

  it('needs only a task and a payload, and takes the message id for its identity', () => {
    expect(decode({ task: 'resize', payload: [1] })).toEqual({
      anonymous: true,
      envelope: {
        v: 1,
        runId: MESSAGE_ID,
        epoch: 0,
        task: 'resize',
        payload: [1],
        depth: 0,
        anonymous: true,
      },
    });
  });

  it.each(['idempotencyKey', 'id'])('takes its %s for its identity', field => {
    expect(decode({ task: 'resize', payload: 1, [field]: 'order-7' }).envelope).toMatchObject({
      runId: runIdOfKey('resize', 'order-7'),
      idempotencyKey: 'order-7',
    });
  });

  it('prefers the idempotencyKey to the id', () => {
    expect(decode({ task: 'a', idempotencyKey: 'key', id: 'id' }).envelope.idempotencyKey).toBe('key');
  });

  it.each(['runId', 'epoch', 'depth', 'malformedBody'])('does not let it choose its %s', field => {
    const forged = { task: 'resize', payload: 1, [field]: 7 };
    expect(decode(forged)).toEqual(decode({ task: 'resize', payload: 1 }));
  });

  it('cannot meet the run of another task through a NUL in its task', () => {
    const { envelope } = decode({ task: 'resize\0a', idempotencyKey: 'b' });
    expect(envelope.runId).not.toBe(runIdOfKey('resize', 'a\0b'));
  });

  it.each([
    ['', 'the body is not JSON: '],
    ['{"task":', 'the body is not JSON: '],
    ['null', 'the body must be a JSON object with the fields task and payload, got null'],
    ['[1]', 'the body must be a JSON object with the fields task and payload, got [1]'],
    ['"text"', 'the body must be a JSON object with the fields task and payload, got "text"'],
    ['{}', "task must be a task's name"],
    [
      '{"task":"a","id":7}',
      'idempotencyKey (or id) must be a string of 1 to 1024 characters, without lone surrogates, got 7',
    ],
    ['{"__proto__":{"task":"a"}}', "task must be a task's name"],
  ])('finds %j malformed and keeps it whole', (body, reason) => {
    const { envelope, malformed } = decodeMessage(body, MESSAGE_ID);

    expect(malformed).toContain(reason);
    expect(envelope).toEqual({
      v: 1,
      runId: MESSAGE_ID,
      epoch: 0,
      task: MALFORMED_TASK,
      payload: null,
      depth: 0,
      malformedBody: body,
    });
  });
});

describe('decodeMessage of any body at all', () => {
  it('never throws, always gives an identity, and can be written again', { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(anyBody, body => {
        const { envelope, malformed } = decodeMessage(body, MESSAGE_ID);

        expect(envelope.runId).not.toBe('');
        expect(envelope.task).not.toBe('');
        expect(Number.isSafeInteger(envelope.epoch)).toBe(true);
        if (malformed !== undefined) expect(envelope.task).toBe(MALFORMED_TASK);
        expect(() => JSON.stringify(envelope)).not.toThrow();
      }),
      { numRuns: 10_000 },
    );
  });

  const MIB = 1_048_576;

  it.each([
    ['arrays in arrays', '['.repeat(MIB / 2) + ']'.repeat(MIB / 2)],
    ['arrays that do not end', '['.repeat(MIB)],
    ['a payload in that', `{"task":"a","payload":${'['.repeat(400_000)}${']'.repeat(400_000)}}`],
    ['objects in objects', `{"task":"a","payload":${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}}`],
    ['a wrong field in that', `{"v":1,"runId":${'['.repeat(400_000)}${']'.repeat(400_000)}}`],
    ['quotation marks', '"'.repeat(MIB)],
    ['lone surrogates', '\ud800'.repeat(MIB / 3)],
    ['a bare malformedBody in itself', JSON.stringify({ v: 1, malformedBody: '{"v":1,"malformedBody":""}' })],
  ])('gives a malformed message for 1 MiB of %s, which can be written again', (_name, body) => {
    const { envelope, malformed } = decodeMessage(body, MESSAGE_ID);

    expect(malformed).toBeTypeOf('string');
    expect(malformed?.length).toBeLessThan(500);
    expect(JSON.parse(JSON.stringify(envelope)).malformedBody).toBe(body);
  });

  it(`takes a payload nested ${MAX_NESTING} deep and no deeper`, () => {
    const payload = (levels: number) => `{"task":"a","payload":${'['.repeat(levels)}${']'.repeat(levels)}}`;

    expect(decodeMessage(payload(MAX_NESTING), MESSAGE_ID).malformed).toBeUndefined();
    expect(decodeMessage(payload(MAX_NESTING + 1), MESSAGE_ID).malformed).toBe(
      `the payload must not be nested more than ${MAX_NESTING} levels deep`,
    );
  });
});
