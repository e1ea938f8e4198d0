import { expect, it, vi } from 'vitest';
import { handle } from '../../lambda/handle.ts';
import type { TaskRun } from '../../lambda/task-run.ts';
import { eventually } from '../eventually.ts';
import { BACKOFF_MS, envelopeOf, greet, letterIn, START_MS, startCloud } from './consumer-fixture.ts';
import { clientOf, holdAttempt, writesOf } from './held-attempt.ts';
import { throttled } from './wire.ts';

const progressOf = ({ progress = 'null' }: { progress?: string }) => JSON.parse(progress) as unknown;

it('costs a short attempt no write: its last progress comes with the settling', async () => {
  // GIVEN
  const cloud = await startCloud();
  cloud.consume(
    handle(greet, async (_, run) => {
      await run.progress(0.2, 'begun');
      cloud.clock.advance(2999);
      await run.progress(0.9, 'nearly there');
    }),
  );
  await cloud.send(envelopeOf('run-1'));

  // WHEN
  await cloud.deliver();

  // THEN
  expect(writesOf(cloud)).toHaveLength(2);
  const item = await cloud.item('run-1');
  expect(item).toMatchObject({ status: 'succeeded' });
  expect(item).not.toHaveProperty('heartbeatAt');
  expect(progressOf(item)).toEqual({ fraction: 0.9, message: 'nearly there' });
});

it('is written at most once in 3 s, and in the end with the settling', async () => {
  // GIVEN
  const cloud = await startCloud();
  const { run, delivery, succeed } = await holdAttempt(cloud);

  // WHEN it comes every 500 ms for 7 s
  const written: unknown[] = [];
  for (let tick = 1; tick <= 14; tick++) {
    cloud.clock.advance(500);
    await run.progress(tick / 20);
    written.push(writesOf(cloud).length);
  }
  const { progress, heartbeatAt } = await cloud.item('run-1');
  succeed('done');
  await delivery;

  // THEN
  expect(written).toEqual([1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 3, 3, 3]);
  expect(progressOf({ ...(progress && { progress }) })).toEqual({ fraction: 12 / 20 });
  expect(heartbeatAt).toBe(START_MS + 6000);
  expect(writesOf(cloud)).toHaveLength(4);
  expect(progressOf(await cloud.item('run-1'))).toEqual({ fraction: 14 / 20 });
});

it('can be read while the run is at work', async () => {
  const cloud = await startCloud();
  const { run, delivery, succeed } = await holdAttempt(cloud);

  cloud.clock.advance(3000);
  await run.progress(0.5, 'half of it');

  expect(await clientOf(cloud).getRun('run-1')).toMatchObject({
    status: 'running',
    progress: { fraction: 0.5, message: 'half of it' },
    heartbeatAt: new Date(START_MS + 3000),
  });
  succeed('done');
  await delivery;
});

it.each([-0.01, 1.01, Number.NaN])('fails the attempt for a fraction of %d', async fraction => {
  const cloud = await startCloud();
  cloud.consume(handle(greet, (_, run) => run.progress(fraction)));
  await cloud.send(envelopeOf('run-1'));

  await cloud.deliver();

  const { status, error = '' } = await cloud.item('run-1');
  expect(status).toBe('retrying');
  expect(JSON.parse(error)).toMatchObject({
    name: 'RangeError',
    message: `progress must be from 0 to 1, got ${fraction}`,
  });
});

it.each([0, 1])('takes a fraction of %d', async fraction => {
  const cloud = await startCloud();
  cloud.consume(handle(greet, (_, run) => run.progress(fraction)));
  await cloud.send(envelopeOf('run-1'));

  await cloud.deliver();

  expect(progressOf(await cloud.item('run-1'))).toEqual({ fraction });
});

it('keeps the first 1,024 characters of its message', async () => {
  const cloud = await startCloud();
  cloud.consume(handle(greet, (_, run) => run.progress(0.5, 'a'.repeat(1025))));
  await cloud.send(envelopeOf('run-1'));

  await cloud.deliver();

  expect(progressOf(await cloud.item('run-1'))).toEqual({ fraction: 0.5, message: 'a'.repeat(1024) });
});

it('says every 10 s that the attempt is alive, and takes the progress along', async () => {
  // GIVEN
  const cloud = await startCloud();
  const { run, delivery, succeed } = await holdAttempt(cloud);
  cloud.clock.advance(1000);
  await run.progress(0.1);

  // WHEN
  cloud.clock.advance(8999);
  expect((await cloud.item('run-1')).heartbeatAt).toBeUndefined();
  cloud.clock.advance(1);

  // THEN
  await eventually(() => expect(writesOf(cloud)).toHaveLength(2));
  await eventually(async () =>
    expect(await cloud.item('run-1')).toHaveProperty('heartbeatAt', START_MS + 10_000),
  );
  expect(progressOf(await cloud.item('run-1'))).toEqual({ fraction: 0.1 });
  await eventually(() => expect(cloud.clock.sleepers()).toBe(1));
  cloud.clock.advance(9999);
  expect((await cloud.item('run-1')).heartbeatAt).toBe(START_MS + 10_000);
  cloud.clock.advance(1);
  await eventually(async () => expect((await cloud.item('run-1')).heartbeatAt).toBe(START_MS + 20_000));
  succeed('done');
  await delivery;
  expect(writesOf(cloud)).toHaveLength(4);
  expect(cloud.clock.sleepers()).toBe(0);
});

it('needs no sign of life within 10 s of a progress write', async () => {
  // GIVEN
  const cloud = await startCloud();
  const { run, delivery, succeed } = await holdAttempt(cloud);
  cloud.clock.advance(6000);
  await run.progress(0.5);

  // WHEN
  cloud.clock.advance(4000);
  await eventually(() => expect(cloud.clock.sleepers()).toBe(1));

  // THEN
  expect((await cloud.item('run-1')).heartbeatAt).toBe(START_MS + 6000);
  cloud.clock.advance(6000);
  await eventually(async () => expect((await cloud.item('run-1')).heartbeatAt).toBe(START_MS + 16_000));
  succeed('done');
  await delivery;
});

it('only warns when it cannot be written, and comes with the next write', async () => {
  // GIVEN
  const cloud = await startCloud();
  const { run, message, delivery, succeed } = await holdAttempt(cloud);
  cloud.wire.fail('UpdateItemCommand', throttled());

  // WHEN
  cloud.clock.advance(3000);
  await run.progress(0.5);
  succeed('done');

  // THEN
  expect(await delivery).toMatchObject({ acknowledged: [message] });
  expect(cloud.lines).toMatchObject([
    {
      level: 'WARN',
      message: 'progress not written',
      runId: 'run-1',
      task: 'greet',
      attempt: 1,
      error: { name: 'ProvisionedThroughputExceededException' },
    },
    { message: 'attempt succeeded' },
  ]);
  const item = await cloud.item('run-1');
  expect(item).toMatchObject({ status: 'succeeded', result: '"done"' });
  expect(progressOf(item)).toEqual({ fraction: 0.5 });
});

it('stays with a run that failed, until its redrive', async () => {
  // GIVEN a run that fails for good behind its first half
  const cloud = await startCloud();
  const handler = vi.fn(async (_: unknown, run: TaskRun) => {
    cloud.clock.advance(3000);
    await run.progress(run.attempt / 10);
    throw new Error('disk full');
  });
  cloud.consume(handle(greet, handler));
  await cloud.send(envelopeOf('run-1'));

  // WHEN
  await cloud.deliver();
  expect(progressOf(await cloud.item('run-1'))).toEqual({ fraction: 0.1 });
  await cloud.deliverAfter(BACKOFF_MS);
  await cloud.deliverAfter(BACKOFF_MS);
  expect(progressOf(await cloud.item('run-1'))).toEqual({ fraction: 0.3 });
  handler.mockResolvedValue(undefined as never);
  const [letter] = cloud.letters();
  await cloud.send(letter ? letterIn(letter) : '');
  await cloud.deliver();

  // THEN
  const item = await cloud.item('run-1');
  expect(item).toMatchObject({ status: 'succeeded', epoch: 1 });
  expect(item).not.toHaveProperty('progress');
  expect(item).not.toHaveProperty('heartbeatAt');
});
