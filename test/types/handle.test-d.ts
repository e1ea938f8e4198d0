import { expectTypeOf, test } from 'vitest';
import * as z from 'zod';
import { defineTask } from '../../contract/task.ts';
import {
  createConsumer,
  type Handler,
  type Hooks,
  handle,
  type Middleware,
  type TaskHandler,
  type TaskRun,
} from '../../lambda/index.ts';

const remind = defineTask({
  name: 'remind',
  payload: z.object({ userId: z.string(), at: z.string().transform(text => new Date(text)) }),
});

test("a handler gets the output of its task's schema, and the run", () => {
  handle(remind, (payload, run) => {
    expectTypeOf(payload).toEqualTypeOf<{ userId: string; at: Date }>();
    expectTypeOf(run).toEqualTypeOf<TaskRun>();
  });
});

test('a handler may be asynchronous or not, return anything, and leave its parameters out', () => {
  handle(remind, async () => ({ messageId: 'a' }));
  handle(remind, ({ userId }) => userId);
  handle(remind, () => {});
});

test('a function declared elsewhere can be typed as the handler of its task', () => {
  const send: Handler<typeof remind> = async ({ at }, { signal }) => {
    expectTypeOf(at).toEqualTypeOf<Date>();
    expectTypeOf(signal).toEqualTypeOf<AbortSignal>();
  };
  expectTypeOf(handle(remind, send)).toEqualTypeOf<TaskHandler>();
});

test('a handler of another payload is refused', () => {
  // @ts-expect-error: the schema has made a Date of it
  handle(remind, (payload: { at: string }) => payload);
  // @ts-expect-error: no such field
  handle(remind, ({ email }) => email);
  // @ts-expect-error: a handler takes a payload and a run
  handle(remind, (payload, run, more) => [payload, run, more]);
  // @ts-expect-error: a task comes from defineTask
  handle({ name: 'remind' }, () => {});
});

test('a run cannot be changed by its handler', () => {
  handle(remind, (_, run) => {
    // @ts-expect-error: read-only
    run.attempt = 1;
  });
});

test('a consumer takes handlers of any tasks, and nothing else', () => {
  const count = defineTask({ name: 'count', payload: z.number() });
  createConsumer([handle(remind, () => {}), handle(count, n => n + 1)], { queues: [] });
  // @ts-expect-error: a function needs its task
  createConsumer([() => {}]);
});

test('a step answers its result as JSON carries it', () => {
  interface Order {
    readonly id: string;
    readonly paidAt: Date;
    readonly lines: readonly { readonly price: number; readonly note?: string }[];
    readonly voucher: string | undefined;
    readonly status: 'open' | 'paid' | null;
  }
  interface OrderJson {
    readonly id: string;
    readonly paidAt: string;
    readonly lines: readonly { readonly price: number; readonly note?: string }[];
    readonly voucher: string | undefined;
    readonly status: 'open' | 'paid' | null;
  }
  handle(remind, async (_, { step }) => {
    expectTypeOf(await step('load', async (): Promise<Order> => loadOrder())).toEqualTypeOf<OrderJson>();
    expectTypeOf(await step('none', () => {})).toEqualTypeOf<null>();
    expectTypeOf(await step('maybe', () => process.env.VOUCHER)).toEqualTypeOf<string | null>();
    expectTypeOf(await step('pair', () => [1, new Date()] as const)).toEqualTypeOf<readonly [1, string]>();
    expectTypeOf(await step('any', (): unknown => 7)).toEqualTypeOf<unknown>();
    expectTypeOf(await step('big', () => 1n)).toEqualTypeOf<never>();
    // @ts-expect-error: a Date comes back as text
    (await step('date', () => new Date())).getTime();
    // @ts-expect-error: a step is carried out, not passed
    await step('now', 7);
  });
  function loadOrder(): Order {
    throw new Error('not called');
  }
});

test('progress is a fraction and a text', () => {
  handle(remind, async (_, run) => {
    expectTypeOf(await run.progress(0.5, 'half of it')).toEqualTypeOf<void>();
    // @ts-expect-error: a fraction is a number
    await run.progress('50%');
    // @ts-expect-error: a message is a text
    await run.progress(0.5, { done: 3 });
  });
});

test('a consumer takes middleware, hooks and a redaction', () => {
  const timed: Middleware = async (run, next) => {
    expectTypeOf(run).toEqualTypeOf<TaskRun>();
    return await next();
  };
  const hooks: Hooks = {
    onSuccess: ({ result }) => expectTypeOf(result).toEqualTypeOf<unknown>(),
    onFailure: ({ notBefore }) => expectTypeOf(notBefore).toEqualTypeOf<Date>(),
    onDeadLetter: async ({ cause }) => expectTypeOf(cause).toExtend<string>(),
  };
  const redact = (error: { name: string; message: string }) => ({ name: error.name, message: 'redacted' });
  createConsumer([handle(remind, () => {})], { middleware: [timed], hooks, redact });
  // @ts-expect-error: there is no such hook
  createConsumer([handle(remind, () => {})], { hooks: { onCancel: () => {} } });
  // @ts-expect-error: an error is redacted to an error
  createConsumer([handle(remind, () => {})], { redact: () => '***' });
  // @ts-expect-error: what middleware returns is the result, so it must not forget to
  createConsumer([handle(remind, () => {})], { middleware: [() => {}] });
});
