import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { expect, it, vi } from 'vitest';
import { DYNAMODB, MAX_STEPS_BYTES } from '../../contract/limits.ts';
import { defineTask } from '../../contract/task.ts';
import { handle } from '../../lambda/handle.ts';
import type { TaskRun } from '../../lambda/task-run.ts';
import {
  BACKOFF_MS,
  type Cloud,
  envelopeOf,
  greet,
  letterIn,
  startCloud,
  VISIBILITY_TIMEOUT_MS,
} from './consumer-fixture.ts';
import { clientOf, holdAttempt, writesOf } from './held-attempt.ts';
import { TABLE } from './local-aws.ts';
import { throttled } from './wire.ts';

/** The run's stored results by step, as they lie in its item. */
async function stepsOf({ clients }: Cloud, runId = 'run-1'): Promise<Record<string, unknown>> {
  const command = new GetItemCommand({
    TableName: TABLE,
    Key: { runId: { S: runId } },
    ConsistentRead: true,
  });
  const { Item = {} } = await clients.dynamodb.send(command);
  const steps = Object.entries(Item).filter(([name]) => name.startsWith('step:'));
  return Object.fromEntries(
    steps.map(([name, { S = 'null' }]) => [name.slice('step:'.length), JSON.parse(S)]),
  );
}

/** Lets `run-1` be attempted once by this handler. */
async function attemptOnce(cloud: Cloud, handler: (run: TaskRun) => unknown) {
  cloud.consume(handle(greet, (_, run) => handler(run)));
  await cloud.send(envelopeOf('run-1'));
  await cloud.deliver();
}

const errorIn = ({ error = 'null' }: { error?: string }) => JSON.parse(error) as unknown;

it('carries a step out once over the attempts of a run', async () => {
  // GIVEN a handler that fails behind its step, twice
  const cloud = await startCloud();
  const charge = vi.fn(() => ({ receipt: 7 }));
  const handler = async (run: TaskRun) => {
    const { receipt } = await run.step('charge', charge);
    if (run.attempt < 3) throw new Error('smtp is down');
    return receipt;
  };

  // WHEN
  await attemptOnce(cloud, handler);
  await cloud.deliverAfter(BACKOFF_MS);
  await cloud.deliverAfter(BACKOFF_MS);

  // THEN
  expect(charge).toHaveBeenCalledOnce();
  expect(await cloud.item('run-1')).toMatchObject({ status: 'succeeded', attempt: 3, result: '7' });
});

it('carries a step out once when another process takes the run over', async () => {
  // GIVEN
  const cloud = await startCloud();
  const charge = vi.fn(() => 'paid');
  await attemptOnce(cloud, async run => {
    const paid = await run.step('charge', charge);
    return run.attempt === 1 ? await cloud.crash() : paid;
  });

  // WHEN
  await cloud.deliverAfter(VISIBILITY_TIMEOUT_MS);

  // THEN
  expect(charge).toHaveBeenCalledOnce();
  expect(await cloud.item('run-1')).toMatchObject({ status: 'succeeded', attempt: 2, result: '"paid"' });
});

it('resumes a redriven run at the step that failed', async () => {
  // GIVEN
  const cloud = await startCloud();
  const charge = vi.fn(() => 'paid');
  const ship = vi.fn(() => 'shipped');
  for (let attempt = 1; attempt <= 3; attempt++) {
    ship.mockImplementationOnce(() => {
      throw new Error('no truck');
    });
  }
  await attemptOnce(cloud, async run => [await run.step('charge', charge), await run.step('ship', ship)]);
  await cloud.deliverAfter(BACKOFF_MS);
  await cloud.deliverAfter(BACKOFF_MS);
  expect(await stepsOf(cloud)).toEqual({ charge: 'paid' });

  // WHEN
  for (const { body } of cloud.letters()) await cloud.send(body);
  await cloud.deliver();

  // THEN
  expect(charge).toHaveBeenCalledOnce();
  expect(ship).toHaveBeenCalledTimes(4);
  expect(await cloud.item('run-1')).toMatchObject({ epoch: 1, result: '["paid","shipped"]' });
});

it('costs a write for each step', async () => {
  const cloud = await startCloud();

  await attemptOnce(cloud, async run => [await run.step('a', () => 1), await run.step('b', () => 2)]);

  expect(writesOf(cloud)).toHaveLength(4);
  expect(await stepsOf(cloud)).toEqual({ a: 1, b: 2 });
});

it.each([
  ['a date', new Date(0), '1970-01-01T00:00:00.000Z'],
  ['undefined', undefined, null],
  ['an object with an undefined field', { id: 1, gone: undefined }, { id: 1 }],
  ['null', null, null],
])('answers %s as JSON carries it, in the first attempt as in later ones', async (_, result, carried) => {
  // GIVEN
  const cloud = await startCloud();
  const seen: unknown[] = [];

  // WHEN
  await attemptOnce(cloud, async run => {
    seen.push(await run.step('look-up', () => result));
    if (run.attempt === 1) throw new Error('smtp is down');
  });
  await cloud.deliverAfter(BACKOFF_MS);

  // THEN
  expect(seen).toEqual([carried, carried]);
});

it.each([
  '',
  'a b',
  'a:b',
  'ä',
  'a'.repeat(65),
])('fails for a step named %j, before it is carried out', async name => {
  const cloud = await startCloud();
  const effect = vi.fn();

  await attemptOnce(cloud, run => run.step(name, effect));

  expect(effect).not.toHaveBeenCalled();
  expect(errorIn(await cloud.item('run-1'))).toMatchObject({
    name: 'RangeError',
    message: `a step's name must be 1 to 64 of a-z A-Z 0-9 . _ -, got '${name}'`,
  });
});

it.each(['a', 'A.b_c-9', 'a'.repeat(64), '__proto__'])('keeps a step named %s', async name => {
  const cloud = await startCloud();

  await attemptOnce(cloud, run => run.step(name, () => 'done'));

  expect(await cloud.item('run-1')).toMatchObject({ status: 'succeeded', result: '"done"' });
  expect(Object.entries(await stepsOf(cloud))).toEqual([[name, 'done']]);
});

it.each([
  ['carried out', { attempt: 1 }],
  ['stored', { attempt: 2 }],
])('fails for a name that was %s before in the attempt', async (_, { attempt }) => {
  // GIVEN
  const cloud = await startCloud();
  const effect = vi.fn();
  await attemptOnce(cloud, async run => {
    await run.step('mail', effect);
    if (run.attempt < attempt) throw new Error('smtp is down');
    await run.step('mail', effect);
  });

  // WHEN
  if (attempt > 1) await cloud.deliverAfter(BACKOFF_MS);

  // THEN
  expect(effect).toHaveBeenCalledOnce();
  expect(errorIn(await cloud.item('run-1'))).toMatchObject({
    message: "step 'mail' was begun before in this attempt; give each its own name",
  });
});

it('does not store a step that fails', async () => {
  // GIVEN
  const cloud = await startCloud();
  const charge = vi.fn().mockRejectedValueOnce(new Error('card declined')).mockResolvedValueOnce('paid');
  await attemptOnce(cloud, run => run.step('charge', charge));
  expect(errorIn(await cloud.item('run-1'))).toMatchObject({ message: 'card declined' });
  expect(await stepsOf(cloud)).toEqual({});

  // WHEN
  await cloud.deliverAfter(BACKOFF_MS);

  // THEN
  expect(await cloud.item('run-1')).toMatchObject({ status: 'succeeded', result: '"paid"' });
});

/** What names and quotation marks take of a run's steps `a` and `b`. */
const OVERHEAD = 2 * ('step:a'.length + 2);
const HALF = 'x'.repeat(MAX_STEPS_BYTES / 2 - OVERHEAD / 2);

it('keeps 200 KB of results', async () => {
  const cloud = await startCloud();

  await attemptOnce(cloud, async run => {
    await run.step('a', () => HALF);
    await run.step('b', () => HALF);
  });

  expect(await cloud.item('run-1')).toMatchObject({ status: 'succeeded' });
  expect(await stepsOf(cloud)).toEqual({ a: HALF, b: HALF });
});

it.each([
  ['one after another', false],
  ['side by side', true],
])('dead-letters a run whose steps, %s, have results of more than 200 KB', async (_, sideBySide) => {
  // GIVEN
  const cloud = await startCloud();
  const effect = vi.fn(() => `${HALF}!`);

  // WHEN
  await attemptOnce(cloud, async run => {
    const first = run.step('a', () => HALF);
    if (!sideBySide) await first;
    await Promise.all([first, run.step('b', effect)]);
  });

  // THEN
  expect(effect).toHaveBeenCalledOnce();
  expect(await stepsOf(cloud)).toEqual({ a: HALF });
  expect(cloud.letters().map(letterIn)).toMatchObject([
    {
      deadLetter: {
        cause: 'invalidResult',
        error: {
          name: 'TaskResultError',
          message:
            "the results of the run's steps are 204801 bytes with that of 'b', 1 over the limit of 204800; give the " +
            'TaskQueue a payloadBucket, or store it elsewhere and return a reference to it',
        },
      },
    },
  ]);
});

it('counts the results of earlier attempts, too', async () => {
  // GIVEN
  const cloud = await startCloud();
  await attemptOnce(cloud, async run => {
    await run.step('a', () => HALF);
    if (run.attempt === 1) throw new Error('smtp is down');
    await run.step('b', () => `${HALF}!`);
  });

  // WHEN
  await cloud.deliverAfter(BACKOFF_MS);

  // THEN
  expect(await cloud.item('run-1')).toMatchObject({ status: 'deadLettered', cause: 'invalidResult' });
});

const circular: { self?: object } = {};
circular.self = circular;

it.each([
  ['circular', circular, /is not JSON \(TypeError: .*circular/],
  ['a BigInt', 1n, /is not JSON \(TypeError: .*BigInt/],
  ['a function', () => {}, /is not JSON \(function\)/],
])('dead-letters a run whose step has a result that is %s', async (_, result, reason) => {
  const cloud = await startCloud();

  await attemptOnce(cloud, run => run.step('look-up', () => result as object));

  const item = await cloud.item('run-1');
  expect(item).toMatchObject({ status: 'deadLettered', cause: 'invalidResult', attempt: 1 });
  expect(errorIn(item)).toMatchObject({ message: expect.stringMatching(/^the result of step 'look-up' /) });
  expect(errorIn(item)).toMatchObject({ message: expect.stringMatching(reason) });
});

it('carries steps out side by side', async () => {
  const cloud = await startCloud();
  const bothBegun = Promise.withResolvers<void>();

  await attemptOnce(cloud, run =>
    Promise.all([
      run.step('a', () => bothBegun.promise.then(() => 1)),
      run.step('b', () => {
        bothBegun.resolve();
        return 2;
      }),
    ]),
  );

  expect(await stepsOf(cloud)).toEqual({ a: 1, b: 2 });
  expect(await cloud.item('run-1')).toMatchObject({ status: 'succeeded', result: '[1,2]' });
});

it('carries a step out once when the answer to its record is lost', async () => {
  // GIVEN
  const cloud = await startCloud();
  const charge = vi.fn(() => 'paid');
  cloud.wire.loseAnswer('UpdateItemCommand', 2);

  // WHEN
  await attemptOnce(cloud, run => run.step('charge', charge));

  // THEN
  expect(writesOf(cloud)).toHaveLength(4);
  expect(charge).toHaveBeenCalledOnce();
  expect(await cloud.item('run-1')).toMatchObject({ status: 'succeeded', result: '"paid"' });
});

it('records a step as soon as the table takes it', async () => {
  // GIVEN a table that is throttled when the effect has happened
  const cloud = await startCloud();
  const charge = vi.fn(() => {
    cloud.wire.fail('UpdateItemCommand', throttled(), 3);
    return 'paid';
  });

  // WHEN
  await cloud.clock.passUntil(attemptOnce(cloud, run => run.step('charge', charge)));

  // THEN
  expect(charge).toHaveBeenCalledOnce();
  expect(await cloud.item('run-1')).toMatchObject({ status: 'succeeded', attempt: 1 });
});

it('fails a step whose attempt has lost its run meanwhile, and leaves it to the successor', async () => {
  // GIVEN
  const cloud = await startCloud();
  const { run, message, delivery, fail } = await holdAttempt(cloud);
  const step = run.step('charge', async () => {
    await cloud.putItem({ ...(await cloud.item('run-1')), leaseId: 'of the successor' });
    return 'paid twice';
  });

  // WHEN
  step.catch(fail);

  // THEN
  await expect(step).rejects.toMatchObject({
    name: 'LeaseLost',
    message: 'the attempt no longer holds its run',
  });
  expect((await delivery).returned).toEqual([message]);
  expect(await stepsOf(cloud)).toEqual({});
  expect(await cloud.item('run-1')).toMatchObject({ status: 'running', leaseId: 'of the successor' });
});

it('begins no step once the attempt has used up its time', async () => {
  // GIVEN
  const cloud = await startCloud();
  const { run, delivery } = await holdAttempt(cloud);
  cloud.clock.advance(30_000);
  await delivery;
  const effect = vi.fn();

  // WHEN
  const step = run.step('charge', effect);

  // THEN
  await expect(step).rejects.toThrow('the attempt was not over after its timeout of 30s');
  expect(effect).not.toHaveBeenCalled();
});

it('leaves the envelope of a dead letter out of the item where it does not fit beside the steps', async () => {
  // GIVEN a payload that fits alone, and a handler that succeeds in its redrive
  const cloud = await startCloud();
  const name = 'n'.repeat(250_000);
  const charge = vi.fn(() => 'x'.repeat(150_000));
  cloud.consume(
    handle(oneAttempt, async (payload, run) => {
      await run.step('charge', charge);
      if (run.epoch === 0) throw new Error('m'.repeat(5000));
      return payload.name.length;
    }),
  );
  await cloud.send(envelopeOf('run-1', { task: 'once', payload: { name } }));
  await cloud.send(envelopeOf('small', { task: 'once' }));

  // WHEN
  await cloud.deliver();

  // THEN
  const item = await cloud.item('run-1');
  expect(item).toMatchObject({ status: 'deadLettered' });
  expect(item).not.toHaveProperty('envelope');
  expect(await cloud.item('small')).toHaveProperty('envelope');
  expect(JSON.stringify([item, await stepsOf(cloud)]).length).toBeLessThan(DYNAMODB.maxItemBytes);
  for (const { body } of cloud.letters()) await cloud.send(body);
  await cloud.deliver();
  expect(await cloud.item('run-1')).toMatchObject({ status: 'succeeded', epoch: 1, result: '250000' });
  expect(charge).toHaveBeenCalledTimes(2);
});

const oneAttempt = defineTask({ name: 'once', payload: greet.payload, retry: { attempts: 1 } });

it('begins anew where a keyed run is sent again after its memory has ended', async () => {
  // GIVEN
  const cloud = await startCloud();
  const charge = vi.fn(() => 'paid');
  cloud.consume(handle(greet, (_, run) => run.step('charge', charge)));
  const send = () => clientOf(cloud).sendTask(greet, { name: 'Ada' }, { idempotencyKey: 'order-7' });
  const { runId } = await send();
  await cloud.deliver();

  // WHEN
  cloud.clock.advance(2 * 86_400_000);
  await send();
  await cloud.deliver();

  // THEN
  expect(charge).toHaveBeenCalledTimes(2);
  expect(await cloud.item(runId)).toMatchObject({ status: 'succeeded' });
});
