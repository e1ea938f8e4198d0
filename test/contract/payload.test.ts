import { type } from 'arktype';
import fc from 'fast-check';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { TaskPayloadError } from '../../contract/errors.ts';
import { MAX_NESTING } from '../../contract/limits.ts';
import { throughJson, validatePayload } from '../../contract/payload.ts';
import { defineTask } from '../../contract/task.ts';
import { nested } from './nested.ts';

const tasks = {
  zod: defineTask({
    name: 'resize',
    payload: z.object({ images: z.array(z.object({ width: z.number() })), at: z.string().transform(Number) }),
  }),
  valibot: defineTask({
    name: 'resize',
    payload: v.object({
      images: v.array(v.object({ width: v.number() })),
      at: v.pipe(v.string(), v.transform(Number)),
    }),
  }),
  arktype: defineTask({
    name: 'resize',
    payload: type({ images: type({ width: 'number' }).array(), at: type('string').pipe(Number) }),
  }),
};

describe.each(Object.entries(tasks))('validatePayload with %s', (_library, task) => {
  it('answers what the schema makes of the payload', async () => {
    const valid = { images: [{ width: 1 }], at: '7' };
    await expect(validatePayload(task, valid)).resolves.toEqual({ images: [{ width: 1 }], at: 7 });
  });

  it('fails with the place of every issue', async () => {
    const refused = await validatePayload(task, { images: [{ width: 'wide' }], at: 7 }).catch(error => error);

    expect(refused).toBeInstanceOf(TaskPayloadError);
    expect(refused.task).toBe('resize');
    expect(refused.issues.map(({ path }: { path: string }) => path).sort()).toEqual(['at', 'images.0.width']);
    expect(refused.message).toMatch(/^The payload of task 'resize' is not valid: .*images\.0\.width: \S+/);
  });

  it.each([null, undefined, 0, 'text', [], {}])('fails on %j', async payload => {
    await expect(validatePayload(task, payload)).rejects.toThrow(TaskPayloadError);
  });
});

describe('validatePayload', () => {
  it('waits for a schema that validates asynchronously', async () => {
    const task = defineTask({ name: 'a', payload: z.string().refine(async text => text === 'known') });

    await expect(validatePayload(task, 'known')).resolves.toBe('known');
    await expect(validatePayload(task, 'other')).rejects.toThrow(TaskPayloadError);
  });
});

describe('throughJson', () => {
  it('answers any JSON value as it is', () => {
    fc.assert(
      fc.property(fc.jsonValue(), payload => {
        expect(throughJson('a', payload)).toEqual(JSON.parse(JSON.stringify(payload)));
      }),
    );
  });

  it('shows what JSON drops or changes, so that the schema sees it', () => {
    const payload = { at: new Date(0), gone: undefined, not: Number.NaN, map: new Map([[1, 2]]) };
    expect(throughJson('a', payload)).toEqual({ at: '1970-01-01T00:00:00.000Z', not: null, map: {} });
  });

  const cyclic: Record<string, unknown> = {};
  cyclic.self = cyclic;

  it.each([
    ['undefined', undefined],
    ['a function', () => 1],
    ['a symbol', Symbol('a')],
    ['a BigInt', { n: 1n }],
    ['a cycle', cyclic],
    ['nesting beyond the stack', nested(100_000)],
    ['nesting beyond what a consumer takes', nested(MAX_NESTING + 1)],
  ])('fails on %s', (_name, payload) => {
    expect(() => throughJson('resize', payload)).toThrow(TaskPayloadError);
    expect(() => throughJson('resize', payload)).toThrow(/^The payload of task 'resize' is not valid: /);
  });
});
