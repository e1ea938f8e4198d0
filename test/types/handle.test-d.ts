import { expectTypeOf, test } from 'vitest';
import * as z from 'zod';
import { defineTask } from '../../contract/task.ts';
import { createConsumer, type Handler, handle, type TaskHandler, type TaskRun } from '../../lambda/index.ts';

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
