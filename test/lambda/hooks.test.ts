import { describe, expect, it, vi } from 'vitest';
import { NonRetryableError } from '../../contract/errors.ts';
import type { RunError } from '../../contract/run.ts';
import { handle } from '../../lambda/handle.ts';
import type { Hooks, Middleware } from '../../lambda/hooks.ts';
import { eventually } from '../eventually.ts';
import {
  BACKOFF_MS,
  envelopeOf,
  FUNCTION_TIMEOUT_MS,
  greet,
  letterIn,
  START_MS,
  startCloud,
  VISIBILITY_TIMEOUT_MS,
} from './consumer-fixture.ts';
import { clientOf, holdAttempt } from './held-attempt.ts';
import { never } from './process-life.ts';

const hooksOf = () => ({ onSuccess: vi.fn(), onFailure: vi.fn(), onDeadLetter: vi.fn() });
const RUN = { runId: 'run-1', task: 'greet', epoch: 0, attempt: 1, payload: { name: 'Ada' } };

/** Delivers `run-1` once to this handler. */
async function deliverOnce(
  consumer: NonNullable<Parameters<typeof startCloud>[0]>['consumer'],
  handler: () => unknown,
) {
  const cloud = await startCloud({ ...(consumer && { consumer }) });
  cloud.consume(handle(greet, handler));
  const message = await cloud.send(envelopeOf('run-1'));
  return { cloud, message, delivery: await cloud.deliver() };
}

describe('hooks', () => {
  it('are told of a success when it is recorded', async () => {
    // GIVEN
    const hooks = hooksOf();
    let seen: unknown;
    const cloud = await startCloud({ consumer: { hooks } });
    hooks.onSuccess.mockImplementation(async () => {
      seen = await cloud.item('run-1');
    });
    cloud.consume(handle(greet, () => ({ greeting: 'Hello', at: new Date(0) })));
    await cloud.send(envelopeOf('run-1'));

    // WHEN
    await cloud.deliver();

    // THEN
    expect(seen).toMatchObject({ status: 'succeeded' });
    const result = { greeting: 'Hello', at: '1970-01-01T00:00:00.000Z' };
    expect(hooks.onSuccess.mock.calls).toEqual([[{ ...RUN, result }]]);
    expect(hooks.onFailure).not.toHaveBeenCalled();
    expect(hooks.onDeadLetter).not.toHaveBeenCalled();
  });

  it('are told of a failed attempt when it is recorded, and when another follows', async () => {
    // GIVEN
    const hooks = hooksOf();
    let seen: unknown;
    const cloud = await startCloud({ consumer: { hooks } });
    hooks.onFailure.mockImplementation(async () => {
      seen = await cloud.item('run-1');
    });
    cloud.consume(handle(greet, () => Promise.reject(new Error('smtp is down'))));
    await cloud.send(envelopeOf('run-1'));

    // WHEN
    await cloud.deliver();

    // THEN
    expect(seen).toMatchObject({ status: 'retrying' });
    const error = expect.objectContaining({ message: 'smtp is down' });
    const notBefore = new Date(START_MS + BACKOFF_MS);
    expect(hooks.onFailure.mock.calls).toEqual([[{ ...RUN, error, notBefore }]]);
    expect(hooks.onSuccess).not.toHaveBeenCalled();
  });

  it('are told of a dead letter when it lies in its queue', async () => {
    // GIVEN
    const hooks = hooksOf();
    const cloud = await startCloud({ consumer: { hooks } });
    hooks.onDeadLetter.mockImplementation(() => cloud.letters());
    cloud.consume(handle(greet, () => Promise.reject(new NonRetryableError('no such user'))));
    await cloud.send(envelopeOf('run-1'));

    // WHEN
    await cloud.deliver();

    // THEN
    const error = expect.objectContaining({ message: 'no such user' });
    expect(hooks.onDeadLetter.mock.calls).toEqual([[{ ...RUN, error, cause: 'notRetryable' }]]);
    expect(hooks.onDeadLetter.mock.results[0]?.value).toHaveLength(1);
    expect(hooks.onFailure).not.toHaveBeenCalled();
  });

  it('are told of a run whose process died in its last attempt', async () => {
    // GIVEN
    const hooks = hooksOf();
    const cloud = await startCloud({ consumer: { hooks } });
    cloud.consume(handle(greet, () => cloud.crash()));
    await cloud.send(envelopeOf('run-1'));

    // WHEN
    for (let delivery = 1; delivery <= 4; delivery++) await cloud.deliverAfter(VISIBILITY_TIMEOUT_MS);

    // THEN
    expect(hooks.onDeadLetter).toHaveBeenCalledOnce();
    expect(hooks.onDeadLetter).toHaveBeenCalledWith(expect.objectContaining({ cause: 'lost', attempt: 3 }));
    expect(hooks.onFailure).not.toHaveBeenCalled();
  });

  it('are told of a message that nobody can read', async () => {
    const hooks = hooksOf();
    const cloud = await startCloud({ consumer: { hooks } });
    cloud.consume(handle(greet, () => {}));
    await cloud.send('no JSON');

    await cloud.deliver();

    expect(hooks.onDeadLetter).toHaveBeenCalledWith(
      expect.objectContaining({ cause: 'malformed', task: '(malformed)' }),
    );
  });

  it.each([
    ['a success', () => 'done'],
    ['a dead letter', () => Promise.reject(new NonRetryableError('no such user'))],
  ])('are not told again of %s when a duplicate comes', async (_, handler) => {
    // GIVEN
    const hooks = hooksOf();
    const { cloud } = await deliverOnce({ hooks }, handler);
    const calls = () => Object.values(hooks).flatMap(hook => hook.mock.calls);
    expect(calls()).toHaveLength(1);

    // WHEN
    await cloud.send(envelopeOf('run-1'));
    await cloud.deliver();

    // THEN
    expect(calls()).toHaveLength(1);
  });

  it('are not told of what could not be recorded, was canceled, or has to wait', async () => {
    // GIVEN an attempt that another has taken over, and one that is canceled
    const hooks = hooksOf();
    const cloud = await startCloud({ consumer: { hooks } });
    const { delivery, succeed } = await holdAttempt(cloud);
    await cloud.send(envelopeOf('run-1'));
    await cloud.deliver();
    await cloud.putItem({ ...(await cloud.item('run-1')), leaseId: 'of another' });
    succeed('done');
    await delivery;

    const other = await startCloud({ consumer: { hooks } });
    const held = await holdAttempt(other);
    await clientOf(other).cancelRun('run-1');
    held.fail(new Error('smtp is down'));

    // WHEN
    await held.delivery;

    // THEN
    expect(Object.values(hooks).flatMap(hook => hook.mock.calls)).toEqual([]);
  });

  const fails = () => {
    throw new Error('no chat today');
  };
  it.each<[keyof Hooks, () => unknown, 'acknowledged' | 'returned']>([
    ['onSuccess', () => 'done', 'acknowledged'],
    ['onFailure', () => Promise.reject(new Error('smtp is down')), 'returned'],
    ['onDeadLetter', () => Promise.reject(new NonRetryableError('no such user')), 'acknowledged'],
  ])('only warn when %s throws', async (hook, handler, outcome) => {
    const { cloud, message, delivery } = await deliverOnce({ hooks: { [hook]: fails } }, handler);

    expect(delivery[outcome]).toEqual([message]);
    expect(cloud.lines.at(-1)).toMatchObject({
      level: 'WARN',
      message: 'a hook failed',
      runId: 'run-1',
      task: 'greet',
      attempt: 1,
      error: { message: 'no chat today' },
    });
  });

  it('are not waited for when the function is about to end', async () => {
    // GIVEN
    const onSuccess = vi.fn(() => never);
    const cloud = await startCloud({ consumer: { hooks: { onSuccess } } });
    cloud.consume(handle(greet, () => 'done'));
    const message = await cloud.send(envelopeOf('run-1'));
    const delivery = cloud.deliver();
    await eventually(() => expect(onSuccess).toHaveBeenCalledOnce());

    // WHEN
    cloud.clock.advance(FUNCTION_TIMEOUT_MS - 300);

    // THEN
    expect((await delivery).acknowledged).toEqual([message]);
    expect(cloud.lines.at(-1)).toMatchObject({ message: 'a hook failed' });
  });

  it('leave no timer behind', async () => {
    const { cloud } = await deliverOnce({ hooks: hooksOf() }, () => 'done');

    expect(cloud.clock.sleepers()).toBe(0);
  });
});

describe('middleware', () => {
  it('stands around the handler, the first outermost', async () => {
    // GIVEN
    const order: string[] = [];
    const named =
      (name: string): Middleware =>
      async (run, next) => {
        order.push(`${name} before ${run.runId}:${run.attempt}`);
        const result = await next();
        order.push(`${name} after ${result}`);
        return `${result}, by ${name}`;
      };

    // WHEN
    const { cloud } = await deliverOnce({ middleware: [named('outer'), named('inner')] }, () => {
      order.push('handler');
      return 'done';
    });

    // THEN
    expect(order).toEqual([
      'outer before run-1:1',
      'inner before run-1:1',
      'handler',
      'inner after done',
      'outer after done, by inner',
    ]);
    expect(await cloud.item('run-1')).toMatchObject({ result: '"done, by inner, by outer"' });
  });

  it.each<[string, Middleware]>([
    ['before the handler', () => Promise.reject(new NonRetryableError('no such tenant'))],
    [
      'after it',
      async (_, next) => {
        await next();
        throw new NonRetryableError('no such tenant');
      },
    ],
  ])('fails the attempt by what it throws %s', async (_, refuse) => {
    const { cloud } = await deliverOnce({ middleware: [refuse] }, () => 'done');

    expect(await cloud.item('run-1')).toMatchObject({ status: 'deadLettered', cause: 'notRetryable' });
  });

  it('may answer for a handler that throws, or without calling it', async () => {
    // GIVEN
    const handler = vi.fn(() => Promise.reject(new Error('smtp is down')));
    const rescue: Middleware = async (_, next) => await next().catch(({ message }: Error) => message);

    // WHEN
    const rescued = await deliverOnce({ middleware: [rescue] }, handler);
    const answered = await deliverOnce({ middleware: [async () => 'from the cache'] }, handler);

    // THEN
    expect(handler).toHaveBeenCalledOnce();
    expect(await rescued.cloud.item('run-1')).toMatchObject({
      status: 'succeeded',
      result: '"smtp is down"',
    });
    expect(await answered.cloud.item('run-1')).toMatchObject({ result: '"from the cache"' });
  });

  it("has its share of the attempt's time, and sees its signal", async () => {
    // GIVEN
    const middleware = vi.fn<Middleware>(() => never);
    const cloud = await startCloud({ consumer: { middleware: [middleware] } });
    const handler = vi.fn();
    cloud.consume(handle(greet, handler));
    await cloud.send(envelopeOf('run-1'));
    const delivery = cloud.deliver();
    await eventually(() => expect(middleware).toHaveBeenCalledOnce());

    // WHEN
    cloud.clock.advance(30_000);
    await delivery;

    // THEN
    expect(middleware.mock.lastCall?.[0].signal.reason).toMatchObject({ name: 'TaskTimeoutError' });
    expect(handler).not.toHaveBeenCalled();
    expect(await cloud.item('run-1')).toMatchObject({ status: 'retrying', attempt: 1 });
  });

  it('does not see a payload that the schema refuses', async () => {
    const middleware = vi.fn<Middleware>();
    const cloud = await startCloud({ consumer: { middleware: [middleware] } });
    cloud.consume(handle(greet, () => {}));
    await cloud.send(envelopeOf('run-1', { payload: { name: 7 } }));

    await cloud.deliver();

    expect(middleware).not.toHaveBeenCalled();
    expect(await cloud.item('run-1')).toMatchObject({ cause: 'invalidPayload' });
  });
});

describe('redact', () => {
  const SECRET = 'sk_live_4711';
  const redact = (error: RunError): RunError => ({
    name: error.name,
    message: error.message.replaceAll(SECRET, '***'),
    ...(error.cause && { cause: redact(error.cause) }),
  });
  const fails = () =>
    Promise.reject(new Error(`no charge with ${SECRET}`, { cause: new Error(`401 for ${SECRET}`) }));
  const CLEAN = { name: 'Error', message: 'no charge with ***', cause: { message: '401 for ***' } };

  it('keeps secrets out of the item, the letter, the log and the hooks', async () => {
    // GIVEN
    const hooks = hooksOf();
    hooks.onFailure.mockImplementation(fails);
    const { cloud } = await deliverOnce({ redact, hooks }, fails);

    // WHEN
    await cloud.deliverAfter(BACKOFF_MS);
    await cloud.deliverAfter(BACKOFF_MS);

    // THEN
    const item = await cloud.item('run-1');
    const letters = cloud.letters();
    expect(JSON.parse(item.error ?? '')).toMatchObject(CLEAN);
    expect(letters.map(letterIn)).toMatchObject([{ deadLetter: { error: CLEAN } }]);
    expect(cloud.lines.map(({ error }) => error)).toMatchObject(Array(5).fill(CLEAN));
    expect(hooks.onDeadLetter.mock.lastCall).toMatchObject([{ error: CLEAN }]);
    expect(JSON.stringify([item, letters, cloud.lines, hooks.onFailure.mock.calls])).not.toContain(SECRET);
  });

  it('keeps secrets out of the log of an attempt that has lost its run', async () => {
    // GIVEN
    const cloud = await startCloud({ consumer: { redact } });
    const { delivery, fail } = await holdAttempt(cloud);
    await cloud.putItem({ ...(await cloud.item('run-1')), leaseId: 'of another' });

    // WHEN
    await fails().catch(fail);
    await delivery;

    // THEN
    expect(cloud.lines).toMatchObject([{ error: { name: 'LeaseLost', cause: CLEAN } }]);
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error(`cannot clean ${SECRET}`);
      },
      'threw',
    ],
    ['returns nothing', () => undefined, 'returned no error'],
    ['returns a text', () => SECRET, 'returned no error'],
  ])('withholds an error and settles the attempt when it %s', async (_, broken, failure) => {
    const { cloud, message, delivery } = await deliverOnce(
      { redact: broken as unknown as typeof redact },
      fails,
    );

    expect(delivery.returned).toEqual([message]);
    const item = await cloud.item('run-1');
    expect(item).toMatchObject({ status: 'retrying', attempt: 1 });
    expect(JSON.parse(item.error ?? '')).toEqual({
      name: 'RedactionError',
      message: `the error is withheld: the consumer's redact ${failure}`,
    });
    expect(JSON.stringify([item, cloud.lines])).not.toContain(SECRET);
  });
});
