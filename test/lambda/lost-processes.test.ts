import { expect, it, vi } from 'vitest';
import { handle } from '../../lambda/handle.ts';
import type { TaskRun } from '../../lambda/task-run.ts';
import { eventually } from '../eventually.ts';
import {
  BACKOFF_MS,
  envelopeOf,
  greet,
  letterIn,
  startCloud,
  VISIBILITY_TIMEOUT_MS,
} from './consumer-fixture.ts';

/** A consumer whose process dies whenever the run `pill` is attempted; the others take a moment. */
async function startWithPill() {
  const cloud = await startCloud();
  const attempts: string[] = [];
  const handler = vi.fn(async (_: unknown, { runId, attempt }: TaskRun) => {
    attempts.push(`${runId}:${attempt}`);
    if (runId === 'pill') await cloud.crash();
  });
  cloud.consume(handle(greet, handler));
  return { cloud, handler, attempts };
}

it('attempts a run again whose process died', async () => {
  // GIVEN
  const { cloud, handler, attempts } = await startWithPill();
  await cloud.send(envelopeOf('pill'));
  await cloud.deliver();
  expect(await cloud.item('pill')).toMatchObject({ status: 'running', attempt: 1 });

  // WHEN
  handler.mockImplementation(async (_, run) => void attempts.push(`${run.runId}:${run.attempt}`));
  const { returned } = await cloud.deliverAfter(VISIBILITY_TIMEOUT_MS);

  // THEN
  expect(returned).toEqual([]);
  expect(attempts).toEqual(['pill:1', 'pill:2']);
  expect(await cloud.item('pill')).toMatchObject({ status: 'succeeded', attempt: 2 });
});

it('attempts it alone, after the rest of the batch has settled', async () => {
  // GIVEN a run whose process died, in a batch with one that is slow
  const { cloud, handler } = await startWithPill();
  await cloud.send(envelopeOf('pill'));
  await cloud.deliver();
  await cloud.send(envelopeOf('slow'));
  const slow = { end: () => {} };
  const seen: string[] = [];
  handler.mockImplementation(async (_, { runId }) => {
    seen.push(runId);
    if (runId === 'slow') await new Promise<void>(resolve => Object.assign(slow, { end: resolve }));
    else seen.push(`slow has ${(await cloud.item('slow')).status}`);
  });

  // WHEN
  const delivery = cloud.deliverAfter(VISIBILITY_TIMEOUT_MS);
  await eventually(() => expect(seen).toEqual(['slow']));
  expect(await cloud.item('pill')).toMatchObject({ status: 'running', attempt: 1 });
  slow.end();
  await delivery;

  // THEN
  expect(seen).toEqual(['slow', 'pill', 'slow has succeeded']);
});

it('is not starved by neighbours that leave it no room: the next time it goes first, still alone', async () => {
  // GIVEN a run whose process died, and neighbours that take two seconds of the three beside the task's timeout
  const { cloud, handler } = await startWithPill();
  await cloud.send(envelopeOf('pill'));
  await cloud.deliver();
  const seen: string[] = [];
  handler.mockImplementation(async (_, { runId }) => {
    seen.push(runId);
    await cloud.clock.sleep(2000);
    seen.push(`${runId} ends`);
  });
  cloud.clock.advance(VISIBILITY_TIMEOUT_MS);

  // WHEN
  for (const neighbour of ['run-1', 'run-2']) {
    await cloud.send(envelopeOf(neighbour));
    await cloud.clock.passUntil(cloud.deliver());
  }

  // THEN
  expect(seen).toEqual(['run-1', 'run-1 ends', 'pill', 'pill ends']);
  expect(await cloud.item('pill')).toMatchObject({ status: 'succeeded', attempt: 2 });
  await cloud.clock.passUntil(cloud.deliver());
  expect(await cloud.item('run-2')).toMatchObject({ status: 'succeeded', attempt: 1 });
});

it('goes after its neighbours each time that its process dies, for it was given its attempt', async () => {
  // GIVEN a run that has killed its process twice
  const { cloud, handler } = await startWithPill();
  await cloud.send(envelopeOf('pill'));
  for (let attempt = 1; attempt <= 2; attempt++) await cloud.deliverAfter(VISIBILITY_TIMEOUT_MS);
  await cloud.send(envelopeOf('run-1'));
  const seen: string[] = [];
  handler.mockImplementation(async (_, { runId }) => void seen.push(runId));

  // WHEN
  await cloud.deliverAfter(VISIBILITY_TIMEOUT_MS);

  // THEN
  expect(seen).toEqual(['run-1', 'pill']);
});

it('lets neighbours begin beside a first one that is only tried again', async () => {
  // GIVEN a run that is received for the third time
  const cloud = await startCloud();
  const handler = vi
    .fn<Parameters<typeof handle<typeof greet>>[1]>()
    .mockRejectedValue(new Error('smtp is down'));
  cloud.consume(handle(greet, handler));
  await cloud.send(envelopeOf('run-1'));
  for (let attempt = 1; attempt <= 2; attempt++) await cloud.deliverAfter(BACKOFF_MS);
  await cloud.send(envelopeOf('run-2'));
  const began: string[] = [];
  const both = Promise.withResolvers<void>();
  handler.mockImplementation(async (_, { runId }) => {
    if (began.push(runId) === 2) both.resolve();
    await both.promise;
  });

  // WHEN
  const { returned } = await cloud.deliverAfter(BACKOFF_MS);

  // THEN
  expect(returned).toEqual([]);
  expect(began).toEqual(['run-1', 'run-2']);
});

it('dead-letters a run as lost whose last attempt died, without running it again', async () => {
  // GIVEN
  const { cloud, attempts } = await startWithPill();
  const message = await cloud.send(envelopeOf('pill'));
  for (let attempt = 1; attempt <= 3; attempt++) await cloud.deliverAfter(VISIBILITY_TIMEOUT_MS);

  // WHEN
  const { acknowledged } = await cloud.deliverAfter(VISIBILITY_TIMEOUT_MS);

  // THEN
  expect(acknowledged).toEqual([message]);
  expect(attempts).toEqual(['pill:1', 'pill:2', 'pill:3']);
  expect(await cloud.item('pill')).toMatchObject({ status: 'deadLettered', cause: 'lost', attempt: 3 });
  expect(cloud.letters().map(letterIn)).toMatchObject([
    { epoch: 1, deadLetter: { cause: 'lost', attempts: 3, error: { name: 'RunLostError' } } },
  ]);
});

it('spends no attempt of its neighbours after the first crash', async () => {
  // GIVEN nine runs beside one that kills its process
  const { cloud, attempts } = await startWithPill();
  const names = Array.from({ length: 9 }, (_, index) => `run-${index}`);
  for (const runId of [...names.slice(0, 4), 'pill', ...names.slice(4)]) await cloud.send(envelopeOf(runId));

  // WHEN
  for (let delivery = 1; delivery <= 5; delivery++) await cloud.deliverAfter(VISIBILITY_TIMEOUT_MS);

  // THEN
  const neighbours = await Promise.all(names.map(runId => cloud.item(runId)));
  for (const { status, attempt } of neighbours) {
    expect(status).toBe('succeeded');
    expect(attempt).toBeLessThanOrEqual(2);
  }
  expect(attempts.filter(attempt => attempt.startsWith('pill'))).toEqual(['pill:1', 'pill:2', 'pill:3']);
  expect(await cloud.item('pill')).toMatchObject({ status: 'deadLettered', cause: 'lost' });
  expect(cloud.queue.counts()).toMatchObject({ visible: 0, inFlight: 0 });
});

it('lets a redelivery wait while the lease of a dead process still stands', async () => {
  // GIVEN
  const { cloud, attempts } = await startWithPill();
  await cloud.send(envelopeOf('pill'));
  await cloud.deliver();

  // WHEN
  const copy = await cloud.send(envelopeOf('pill'));
  const { returned } = await cloud.deliver();

  // THEN
  expect(returned).toEqual([copy]);
  expect(attempts).toEqual(['pill:1']);
});
