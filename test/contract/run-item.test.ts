import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RunStatus } from '../../contract/run.ts';
import {
  deadLetterKey,
  hashPayload,
  LIST_SHARDS,
  listKey,
  listKeyOfShard,
  parseRunItem,
  type RunItem,
  toAttribute,
  toRun,
} from '../../contract/run-item.ts';

const STATUSES: readonly RunStatus[] = [
  'queued',
  'running',
  'retrying',
  'succeeded',
  'deadLettered',
  'canceled',
];

const text = fc.string({ unit: 'binary' });
const time = fc.nat({ max: 8_640_000_000_000_000 });

const anyItem: fc.Arbitrary<RunItem> = fc.record(
  {
    runId: text,
    task: text,
    status: fc.constantFrom(...STATUSES),
    epoch: fc.nat(),
    attempt: fc.nat(),
    createdAt: time,
    payloadHash: text,
    idempotencyKey: text,
    notBefore: time,
    leaseId: text,
    leaseUntil: time,
    startedAt: time,
    finishedAt: time,
    result: fc.json(),
    error: fc.record({ name: text, message: text }).map(error => JSON.stringify(error)),
    cause: fc.constantFrom('lost', 'malformed'),
    history: fc.json(),
    envelope: text,
    expiresAt: fc.nat(),
    listKey: text,
    deadLetterKey: text,
  },
  { requiredKeys: ['runId', 'task', 'status', 'epoch', 'attempt', 'createdAt'] },
);

function toAttributes(item: RunItem): Record<string, { S?: string; N?: string }> {
  return Object.fromEntries(Object.entries(item).map(([name, value]) => [name, toAttribute(value)]));
}

const item: RunItem = { runId: 'r', task: 'resize', status: 'queued', epoch: 0, attempt: 0, createdAt: 1000 };

describe('parseRunItem', () => {
  it('reads every item back as it was written', () => {
    fc.assert(
      fc.property(anyItem, written => {
        expect(parseRunItem(toAttributes(written))).toEqual(written);
      }),
    );
  });

  it('passes over attributes that others have added', () => {
    expect(parseRunItem({ ...toAttributes(item), tenant: { S: 'a' } })).toEqual(item);
  });

  it.each(['runId', 'task', 'status', 'epoch', 'attempt', 'createdAt'])('fails without %s', name => {
    const { [name]: _, ...rest } = toAttributes(item);
    expect(() => parseRunItem(rest)).toThrow(TypeError);
    expect(() => parseRunItem(rest)).toThrow(`a run item must have the attribute ${name}; got `);
  });

  it.each([
    ['epoch', { S: '1' }, 'attribute epoch of a run item must be of type N, got {"S":"1"}'],
    ['runId', { N: '1' }, 'attribute runId of a run item must be of type S, got {"N":"1"}'],
    ['epoch', { N: 'one' }, 'attribute epoch of a run item must be a number, got "one"'],
    ['epoch', { N: '' }, 'attribute epoch of a run item must be a number, got ""'],
    ['leaseUntil', {}, 'attribute leaseUntil of a run item must be of type N, got {}'],
    [
      'status',
      { S: 'done' },
      'attribute status of a run item must be one of queued, running, retrying, succeeded, deadLettered, canceled; got done',
    ],
    ['status', { S: 'toString' }, 'got toString'],
  ])('fails on a wrong %s', (name, attribute, message) => {
    expect(() => parseRunItem({ ...toAttributes(item), [name]: attribute })).toThrow(TypeError);
    expect(() => parseRunItem({ ...toAttributes(item), [name]: attribute })).toThrow(message);
  });

  it('gives an item or a TypeError, whatever the attributes are', () => {
    const garbage = fc.record({ S: fc.string(), N: fc.string() }, { requiredKeys: [] });
    const names = fc.constantFrom(
      'runId',
      'status',
      'epoch',
      'notBefore',
      'leaseUntil',
      'error',
      '__proto__',
    );
    fc.assert(
      fc.property(fc.dictionary(names, garbage), anyItem, (wrong, right) => {
        try {
          const parsed = parseRunItem({ ...toAttributes(right), ...wrong });
          expect(STATUSES).toContain(parsed.status);
          expect(parsed.epoch).not.toBeNaN();
        } catch (error) {
          expect(error).toBeInstanceOf(TypeError);
        }
      }),
    );
  });
});

describe('toRun', () => {
  it('shows times as dates, and results and errors as values', () => {
    const error = { name: 'Error', message: 'no' };
    const finished: RunItem = {
      ...item,
      status: 'deadLettered',
      startedAt: 2000,
      finishedAt: 3000,
      result: '{"a":1}',
      error: JSON.stringify(error),
      cause: 'attemptsUsedUp',
      idempotencyKey: 'key',
      leaseId: 'lease',
      listKey: 'resize#0#0',
    };

    expect(toRun(finished)).toEqual({
      runId: 'r',
      task: 'resize',
      status: 'deadLettered',
      epoch: 0,
      attempt: 0,
      createdAt: new Date(1000),
      startedAt: new Date(2000),
      finishedAt: new Date(3000),
      result: { a: 1 },
      error,
      cause: 'attemptsUsedUp',
      idempotencyKey: 'key',
    });
  });

  it('has no field that has no meaning yet', () => {
    expect(Object.keys(toRun(item))).toEqual(['runId', 'task', 'status', 'epoch', 'attempt', 'createdAt']);
  });

  it('says when a retrying run may be attempted again, and of no other', () => {
    expect(toRun({ ...item, status: 'retrying', notBefore: 5000 }).notBefore).toEqual(new Date(5000));
    expect(toRun({ ...item, status: 'running', notBefore: 5000 })).not.toHaveProperty('notBefore');
  });

  it('reads every item', () => {
    fc.assert(fc.property(anyItem, any => toRun(any).runId === any.runId));
  });
});

describe('hashPayload', () => {
  it('is the same whatever the order of the fields', () => {
    const payload = { a: { b: 1, c: [2, { d: 3, e: 4 }] }, f: null };
    const reordered = { f: null, a: { c: [2, { e: 4, d: 3 }], b: 1 } };
    expect(hashPayload(reordered)).toBe(hashPayload(payload));
  });

  it('is another for every other payload', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
        const same = isDeepStrictEqual(JSON.parse(JSON.stringify(one)), JSON.parse(JSON.stringify(other)));
        expect(hashPayload(one) === hashPayload(other)).toBe(same);
      }),
    );
  });

  it('keeps the order of a list', () => {
    expect(hashPayload([1, 2])).not.toBe(hashPayload([2, 1]));
  });
});

describe('listKey', () => {
  it('is one of the keys that a reader of its task and hour looks through', () => {
    fc.assert(
      fc.property(text, time, text, (task, timeMs, runId) => {
        const keys = Array.from({ length: LIST_SHARDS }, (_, shard) => listKeyOfShard(task, timeMs, shard));
        expect(keys).toContain(listKey(task, timeMs, runId));
      }),
    );
  });

  it('spreads the runs of an hour over all shards', () => {
    const keys = Array.from({ length: 400 }, (_, n) => listKey('resize', 0, `run-${n}`));
    for (let shard = 0; shard < LIST_SHARDS; shard++) {
      const share = keys.filter(key => key === listKeyOfShard('resize', 0, shard)).length;
      expect(share).toBeGreaterThan(60);
    }
  });

  it('changes with the hour', () => {
    expect(listKeyOfShard('resize', 3_599_999, 0)).toBe('resize#0#0');
    expect(listKeyOfShard('resize', 3_600_000, 0)).toBe('resize#1#0');
  });
});

describe('deadLetterKey', () => {
  it('is the same all day, and shares its shard with the run in the list', () => {
    const shard = listKey('resize', 0, 'run-7').split('#')[2];
    expect(deadLetterKey('resize', 86_399_999, 'run-7')).toBe(`resize#0#${shard}`);
    expect(deadLetterKey('resize', 86_400_000, 'run-7')).toBe(`resize#1#${shard}`);
  });
});
