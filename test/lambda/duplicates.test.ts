import { expect, it, vi } from 'vitest';
import { handle } from '../../lambda/handle.ts';
import { eventually } from '../eventually.ts';
import { envelopeOf, FUNCTION_TIMEOUT_MS, greet, START_MS, startCloud } from './consumer-fixture.ts';

it('acknowledges another copy of a succeeded run without calling its handler', async () => {
  // GIVEN
  const cloud = await startCloud();
  const handler = vi.fn();
  cloud.consume(handle(greet, handler));
  await cloud.send(envelopeOf('run-1'));
  await cloud.deliver();

  // WHEN
  const copy = await cloud.send(envelopeOf('run-1'));
  const delivery = await cloud.deliver();

  // THEN
  expect(delivery.acknowledged).toEqual([copy]);
  expect(handler).toHaveBeenCalledOnce();
  expect(await cloud.item('run-1')).toMatchObject({ status: 'succeeded', attempt: 1 });
});

it.each(['succeeded', 'canceled'] as const)('acknowledges a message whose run is %s', async status => {
  // GIVEN
  const cloud = await startCloud();
  const handler = vi.fn();
  cloud.consume(handle(greet, handler));
  const item = { runId: 'run-1', task: 'greet', status, epoch: 0, attempt: 0, createdAt: START_MS };
  await cloud.putItem(item);
  const message = await cloud.send(envelopeOf('run-1', { epoch: 1 }));

  // WHEN
  const delivery = await cloud.deliver();

  // THEN
  expect(delivery.acknowledged).toEqual([message]);
  expect(handler).not.toHaveBeenCalled();
  expect(await cloud.item('run-1')).toEqual(item);
});

it('returns another copy of a running run until the lease has ended, and counts no attempt', async () => {
  // GIVEN a handler at work
  const cloud = await startCloud();
  const release = { handler: () => {} };
  const handler = vi.fn(() => new Promise<void>(resolve => (release.handler = resolve)));
  cloud.consume(handle(greet, handler));
  await cloud.send(envelopeOf('run-1'));
  const working = cloud.deliver();
  await eventually(() => expect(handler).toHaveBeenCalled());

  // WHEN
  const copy = await cloud.send(envelopeOf('run-1'));
  const delivery = await cloud.deliver();

  // THEN
  expect(delivery.returned).toEqual([copy]);
  expect(await cloud.item('run-1')).toMatchObject({ status: 'running', attempt: 1 });
  cloud.clock.advance(FUNCTION_TIMEOUT_MS - 4000);
  release.handler();
  await working;
  expect(cloud.queue.counts()).toMatchObject({ visible: 0, inFlight: 1 });
  cloud.clock.advance(5000);
  expect(cloud.queue.counts()).toMatchObject({ visible: 1, inFlight: 0 });
  expect((await cloud.deliver()).acknowledged).toEqual([copy]);
  expect(handler).toHaveBeenCalledOnce();
});

it('runs one of two copies in the same batch', async () => {
  // GIVEN
  const cloud = await startCloud();
  const handler = vi.fn();
  cloud.consume(handle(greet, handler));
  await cloud.send(envelopeOf('run-1'));
  await cloud.send(envelopeOf('run-1'));

  // WHEN
  await cloud.deliver();
  await cloud.deliverAfter(FUNCTION_TIMEOUT_MS + 1000);

  // THEN
  expect(handler).toHaveBeenCalledOnce();
  expect(cloud.queue.counts()).toMatchObject({ visible: 0, inFlight: 0 });
});
