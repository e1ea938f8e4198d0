import { expect, it, vi } from 'vitest';
import { handle } from '../../lambda/handle.ts';
import { BACKOFF_MS, type Cloud, envelopeOf, greet, startCloud } from './consumer-fixture.ts';

/** More than one receive answers, as an event source with a batching window collects them. */
function receiveAll(cloud: Cloud) {
  const messages = cloud.queue.receive(10);
  for (let more = cloud.queue.receive(10); more.length > 0; more = cloud.queue.receive(10))
    messages.push(...more);
  return messages;
}

it('works on no more records at once than its concurrency', async () => {
  // GIVEN
  const cloud = await startCloud({ concurrency: 3 });
  const atWork = { now: 0, most: 0 };
  const handler = vi.fn(async () => {
    atWork.most = Math.max(atWork.most, ++atWork.now);
    await cloud.items(); // As long as a request takes.
    atWork.now--;
  });
  cloud.consume(handle(greet, handler));
  for (let index = 0; index < 10; index++) await cloud.send(envelopeOf(`run-${index}`));

  // WHEN
  const { acknowledged } = await cloud.deliver();

  // THEN
  expect(acknowledged).toHaveLength(10);
  expect(handler).toHaveBeenCalledTimes(10);
  expect(atWork.most).toBe(3);
});

it('gives each of more than ten failed records its own backoff', async () => {
  // GIVEN
  const cloud = await startCloud();
  cloud.consume(handle(greet, () => Promise.reject(new Error('smtp is down'))));
  for (let index = 0; index < 25; index++) await cloud.send(envelopeOf(`run-${index}`));

  // WHEN
  const { returned } = await cloud.invoke(receiveAll(cloud));

  // THEN
  expect(returned).toHaveLength(25);
  cloud.clock.advance(BACKOFF_MS - 1);
  expect(cloud.queue.counts()).toMatchObject({ visible: 0, inFlight: 25 });
  cloud.clock.advance(1);
  expect(cloud.queue.counts()).toMatchObject({ visible: 25, inFlight: 0 });
});

it('reports only the records that failed', async () => {
  // GIVEN
  const cloud = await startCloud();
  cloud.consume(
    handle(greet, ({ name }) => {
      if (name === 'Eve') throw new Error('not for her');
    }),
  );
  const good = await cloud.send(envelopeOf('run-1'));
  const bad = await cloud.send(envelopeOf('run-2', { payload: { name: 'Eve' } }));

  // WHEN
  const delivery = await cloud.deliver();

  // THEN
  expect(delivery).toEqual({ acknowledged: [good], returned: [bad] });
});

it('refuses a batch of a queue that it does not consume', async () => {
  // GIVEN
  const cloud = await startCloud();
  const other = await startCloud({ fifo: true });
  cloud.consume(handle(greet, () => {}));
  await other.send(envelopeOf('run-1'), 'a');
  const messages = other.queue.receive(1);

  // WHEN
  const delivery = cloud.invoke(messages, other.queue);

  // THEN
  await expect(delivery).rejects.toThrow(
    'knows nothing of the queue arn:aws:sqs:eu-west-1:123456789012:tasks.fifo; it consumes tasks.',
  );
});

it('says in the log what it could not even read, and has the message delivered again', async () => {
  const cloud = await startCloud();
  cloud.consume(handle(greet, () => 'hello'));
  await cloud.send(envelopeOf('run'));
  const [message] = cloud.queue.receive(1);
  if (message === undefined) throw new Error('the message was not received');

  const { acknowledged } = await cloud.invoke([{ ...message, attributes: undefined as never }]);

  expect(acknowledged).toEqual([]);
  expect(cloud.lines).toMatchObject([{ level: 'ERROR', error: { name: 'TypeError' } }]);
});
