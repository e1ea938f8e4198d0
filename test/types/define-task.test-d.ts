import { type } from 'arktype';
import * as v from 'valibot';
import { expectTypeOf, test } from 'vitest';
import * as z from 'zod';
import {
  defineTask,
  type PayloadInput,
  type PayloadOutput,
  type TaskDefinition,
} from '../../contract/task.ts';

const withZod = defineTask({
  name: 'with-zod',
  payload: z.object({ userId: z.string(), at: z.string().transform(text => new Date(text)) }),
});

const withValibot = defineTask({
  name: 'with-valibot',
  payload: v.object({
    userId: v.string(),
    at: v.pipe(
      v.string(),
      v.transform(text => new Date(text)),
    ),
  }),
});

const withArkType = defineTask({
  name: 'with-arktype',
  payload: type({ userId: 'string', at: type('string').pipe(text => new Date(text)) }),
});

interface Input {
  userId: string;
  at: string;
}

interface Output {
  userId: string;
  at: Date;
}

test('the payload that is sent is the input of the schema', () => {
  expectTypeOf<PayloadInput<typeof withZod>>().toEqualTypeOf<Input>();
  expectTypeOf<PayloadInput<typeof withValibot>>().toEqualTypeOf<Input>();
  expectTypeOf<PayloadInput<typeof withArkType>>().toEqualTypeOf<Input>();
});

test('the payload that is handled is the output of the schema', () => {
  expectTypeOf<PayloadOutput<typeof withZod>>().toEqualTypeOf<Output>();
  expectTypeOf<PayloadOutput<typeof withValibot>>().toEqualTypeOf<Output>();
  expectTypeOf<PayloadOutput<typeof withArkType>>().toEqualTypeOf<Output>();
});

test('the name keeps its literal type', () => {
  expectTypeOf(withZod.name).toEqualTypeOf<'with-zod'>();
  expectTypeOf(withValibot.name).toEqualTypeOf<'with-valibot'>();
  expectTypeOf(withArkType.name).toEqualTypeOf<'with-arktype'>();
});

test('tasks of all libraries stand in one list', () => {
  expectTypeOf([withZod, withValibot, withArkType]).toExtend<readonly TaskDefinition[]>();
});

test('options that are wrong are type errors', () => {
  const payload = z.object({});

  // @ts-expect-error a task has a payload
  defineTask({ name: 'a' });
  // @ts-expect-error a task has a name
  defineTask({ payload });
  // @ts-expect-error a payload is a schema
  defineTask({ name: 'a', payload: { userId: 'string' } });
  // @ts-expect-error a duration has a unit
  defineTask({ name: 'a', payload, timeout: 30 });
  // @ts-expect-error there is no such unit
  defineTask({ name: 'a', payload, timeout: '30 seconds' });
  // @ts-expect-error there is no such option
  defineTask({ name: 'a', payload, timeoutMs: 30_000 });
  // @ts-expect-error attempts are counted
  defineTask({ name: 'a', payload, retry: { attempts: 'five' } });
  // @ts-expect-error an exponential backoff has a longest delay
  defineTask({ name: 'a', payload, retry: { backoff: { type: 'exponential', base: '1s' } } });
  // @ts-expect-error a fixed backoff does not grow
  defineTask({ name: 'a', payload, retry: { backoff: { type: 'fixed', delay: '1s', factor: 2 } } });
  // @ts-expect-error a custom backoff has a longest delay
  defineTask({ name: 'a', payload, retry: { backoff: { type: 'custom', delay: () => '1s' } } });
  // @ts-expect-error a custom backoff answers a duration, or 'dead-letter'
  defineTask({ name: 'a', payload, retry: { backoff: { type: 'custom', delay: () => 1000, max: '1h' } } });
  // @ts-expect-error there is no such jitter
  defineTask({ name: 'a', payload, retry: { backoff: { type: 'fixed', delay: '1s', jitter: 'some' } } });
  // @ts-expect-error there is no such outcome
  defineTask({ name: 'a', payload, retention: { failed: '1d' } });
});

test("a key is told from the schema's output", () => {
  defineTask({
    name: 'keyed',
    payload: z.object({ at: z.string().transform(text => new Date(text)) }),
    idempotency: {
      key: payload => {
        expectTypeOf(payload).toEqualTypeOf<{ at: Date }>();
        return payload.at.toISOString();
      },
    },
  });
  // @ts-expect-error a key is a string
  defineTask({ name: 'keyed', payload: z.object({ id: z.number() }), idempotency: { key: ({ id }) => id } });
});
