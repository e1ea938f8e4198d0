import { type } from 'arktype';
import * as v from 'valibot';
import { describe, expectTypeOf, it } from 'vitest';
import * as z from 'zod';
import {
  type Client,
  defineTask,
  type PayloadInput,
  type PayloadOutput,
  type Run,
  type Schedule,
  type SendOutcome,
  type SentTask,
  schedules,
  sendTask,
  sendTasks,
} from '../../client/index.ts';

const zodTask = defineTask({
  name: 'zod-task',
  payload: z.object({ userId: z.string(), tries: z.number().optional() }),
});
const valibotTask = defineTask({ name: 'valibot-task', payload: v.object({ userId: v.string() }) });
const arktypeTask = defineTask({ name: 'arktype-task', payload: type({ userId: 'string' }) });
const transforming = defineTask({
  name: 'transforming',
  payload: z.object({ at: z.string().transform(Number) }),
});

declare const client: Client;

describe('sendTask', () => {
  it('takes the payload of its task', () => {
    expectTypeOf(sendTask(zodTask, { userId: 'u' })).resolves.toEqualTypeOf<SentTask>();
    void sendTask(valibotTask, { userId: 'u' });
    void sendTask(arktypeTask, { userId: 'u' });
    void client.sendTask(zodTask, { userId: 'u', tries: 1 });
  });

  it('refuses another payload', () => {
    // @ts-expect-error: userId is a string
    void sendTask(zodTask, { userId: 1 });
    // @ts-expect-error: userId is missing
    void sendTask(zodTask, {});
    // @ts-expect-error: no such field
    void sendTask(zodTask, { userId: 'u', email: 'e' });
    // @ts-expect-error: userId is a string
    void sendTask(valibotTask, { userId: 1 });
    // @ts-expect-error: userId is a string
    void sendTask(arktypeTask, { userId: 1 });
    // @ts-expect-error: userId is a string
    void client.sendTask(zodTask, { userId: 1 });
  });

  it('takes what a transforming schema takes, not what it makes', () => {
    expectTypeOf<PayloadInput<typeof transforming>>().toEqualTypeOf<{ at: string }>();
    expectTypeOf<PayloadOutput<typeof transforming>>().toEqualTypeOf<{ at: number }>();
    void sendTask(transforming, { at: '1' });
    // @ts-expect-error: the handler gets a number, the sender gives a string
    void sendTask(transforming, { at: 1 });
  });

  it('takes durations and keys as options', () => {
    void sendTask(zodTask, { userId: 'u' }, { delay: '1.5m', idempotencyKey: 'k', groupKey: 'g' });
    // @ts-expect-error: a duration has a unit
    void sendTask(zodTask, { userId: 'u' }, { delay: '10' });
    // @ts-expect-error: no such option
    void sendTask(zodTask, { userId: 'u' }, { priority: 1 });
  });
});

describe('sendTasks', () => {
  it('takes items with the payload of the task', () => {
    expectTypeOf(sendTasks(zodTask, [{ payload: { userId: 'u' }, delay: '1s' }])).resolves.toEqualTypeOf<
      readonly SendOutcome[]
    >();
    // @ts-expect-error: userId is a string
    void sendTasks(zodTask, [{ payload: { userId: 'u' } }, { payload: { userId: 1 } }]);
    // @ts-expect-error: the payload stands in the field payload
    void sendTasks(zodTask, [{ userId: 'u' }]);
  });

  it('tells outcomes apart by their status', () => {
    const outcome = {} as SendOutcome;
    if (outcome.status === 'sent') expectTypeOf(outcome.runId).toBeString();
    else expectTypeOf(outcome.error).toEqualTypeOf<Error>();
  });
});

describe('the reading verbs', () => {
  it('answer runs', () => {
    expectTypeOf<Client['getRun']>().returns.resolves.toEqualTypeOf<Run | undefined>();
    expectTypeOf<Client['waitForRun']>().returns.resolves.toEqualTypeOf<Run>();
    // @ts-expect-error: a wait has a timeout
    void client.waitForRun('id', {});
  });
});

describe('the verbs for dead letters', () => {
  it('take the edited payload of the task', () => {
    void client.redrive('id', { edit: { task: zodTask, payload: { userId: 'u' } } });
    // @ts-expect-error: userId is a string
    void client.redrive('id', { edit: { task: zodTask, payload: { userId: 1 } } });
    // @ts-expect-error: which schema?
    void client.redrive('id', { edit: { payload: { userId: 'u' } } });
  });

  it('take known causes, and a reason', () => {
    void client.redriveAll({ task: zodTask, cause: 'native' }, { rate: 1, limit: 1, dryRun: true });
    // @ts-expect-error: no such cause
    void client.redriveAll({ cause: 'bad luck' });
    // @ts-expect-error: why?
    void client.discard('id');
  });
});

describe('schedules.upsert', () => {
  const daily = { key: 'daily', cron: '0 8 * * ? *', timeZone: 'Europe/Paris' } as const;

  it('takes the payload of its task, and a cron with its zone or a rate', () => {
    const upserted = schedules.upsert({ ...daily, task: zodTask, payload: { userId: 'u' } });
    expectTypeOf(upserted).resolves.toEqualTypeOf<Schedule>();
    void schedules.upsert({ key: 'often', rate: '5m', task: zodTask, payload: { userId: 'u', tries: 1 } });
  });

  it('refuses another payload', () => {
    // @ts-expect-error: userId is a string
    void schedules.upsert({ ...daily, task: zodTask, payload: { userId: 1 } });
    // @ts-expect-error: userId is missing
    void schedules.upsert({ ...daily, task: zodTask, payload: {} });
  });

  it('refuses a cron without its zone, a rate with one, and neither of both', () => {
    const work = { key: 'k', task: zodTask, payload: { userId: 'u' } };
    // @ts-expect-error: whose clocks?
    void schedules.upsert({ ...work, cron: '0 8 * * ? *' });
    // @ts-expect-error: a rate counts elapsed time
    void schedules.upsert({ ...work, rate: '5m', timeZone: 'Europe/Paris' });
    // @ts-expect-error: when?
    void schedules.upsert(work);
  });
});
