import { expect, it } from 'vitest';
import { createClient } from '../../client/create-client.ts';
import { handle } from '../../lambda/handle.ts';
import type { Hooks } from '../../lambda/hooks.ts';
import type { ReceivedMessage } from '../../local/sqs/queue-api.ts';
import {
  BACKOFF_MS,
  type Cloud,
  type CloudOptions,
  envelopeOf,
  greet,
  letterIn,
  startCloud,
} from './consumer-fixture.ts';

const TRACEPARENT = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
const X_RAY = 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1';
const OF_X_RAY = '00-5759e988bd862e3fe1be46a994272793-53995c3f42cd8ad8-01';

/** A cloud whose handler keeps the trace of each run, and a client of its queue. */
async function traced(options: CloudOptions = {}) {
  const cloud = await startCloud(options);
  const seen: (string | undefined)[] = [];
  cloud.consume(handle(greet, (_, { traceparent }) => void seen.push(traceparent)));
  return { cloud, seen, client: clientOf(cloud) };
}

const clientOf = (cloud: Cloud) =>
  createClient({ ...cloud.clients, clock: cloud.clock, queues: [cloud.config([greet.name])] });

const sentTo = ({ queue }: Cloud) => queue.receive(10).map(({ body }) => JSON.parse(body));

it('is given at send, and is in the run and in its log line', async () => {
  const { cloud, seen, client } = await traced();

  await client.sendTask(greet, { name: 'Ada' }, { traceparent: TRACEPARENT });
  await client.sendTasks(greet, [{ payload: { name: 'Bob' }, traceparent: TRACEPARENT }]);
  await cloud.deliver();

  expect(seen).toEqual([TRACEPARENT, TRACEPARENT]);
  expect(cloud.lines).toMatchObject([{ traceparent: TRACEPARENT }, { traceparent: TRACEPARENT }]);
});

it('fails to be sent when it is none', async () => {
  const { cloud, client } = await traced();

  await expect(client.sendTask(greet, { name: 'Ada' }, { traceparent: 'abc' })).rejects.toThrow(
    "task 'greet': traceparent must be a W3C traceparent such as 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01, got 'abc'",
  );

  expect(cloud.queue.receive(10)).toEqual([]);
});

it('goes on to the tasks that a handler and a hook send', async () => {
  // GIVEN
  let client: ReturnType<typeof clientOf>;
  const hooks: Hooks = { onSuccess: () => client.sendTask(greet, { name: 'of the hook' }) };
  const cloud = await startCloud({ consumer: { hooks } });
  client = clientOf(cloud);
  cloud.consume(handle(greet, () => client.sendTask(greet, { name: 'of the handler' })));

  // WHEN
  await cloud.send(envelopeOf('run-1', { traceparent: TRACEPARENT, depth: 2 }));
  await cloud.deliver();

  // THEN
  expect(sentTo(cloud)).toMatchObject([
    { payload: { name: 'of the handler' }, traceparent: TRACEPARENT, depth: 3 },
    { payload: { name: 'of the hook' }, traceparent: TRACEPARENT, depth: 3 },
  ]);
});

/** Delivers a stranger's message with these attributes. */
async function deliverStranger(
  { cloud }: Awaited<ReturnType<typeof traced>>,
  fields: { attributes?: object; messageAttributes?: ReceivedMessage['messageAttributes'] },
) {
  await cloud.send({ task: 'greet', payload: { name: 'Ada' } });
  const [message] = cloud.queue.receive(1);
  if (!message) throw new Error('no message');
  const { attributes, ...rest } = fields;
  await cloud.invoke([{ ...message, ...rest, attributes: { ...message.attributes, ...attributes } }]);
}

it('is read out of the X-Ray header that the SDK sends along', async () => {
  const world = await traced();
  await deliverStranger(world, { attributes: { AWSTraceHeader: X_RAY } });
  expect(world.seen).toEqual([OF_X_RAY]);
});

it('is read out of the attribute that OpenTelemetry adds, before X-Ray', async () => {
  const world = await traced();
  await deliverStranger(world, {
    attributes: { AWSTraceHeader: X_RAY },
    messageAttributes: { traceparent: { dataType: 'String', stringValue: TRACEPARENT } },
  });
  expect(world.seen).toEqual([TRACEPARENT]);
});

it('stays with a run over its retries, its dead letter and its redrive', async () => {
  // GIVEN
  const cloud = await startCloud();
  const seen: (string | undefined)[] = [];
  cloud.consume(
    handle(greet, (_, { traceparent }) => {
      seen.push(traceparent);
      throw new Error('smtp is down');
    }),
  );
  await cloud.send(envelopeOf('run-1', { traceparent: TRACEPARENT }));

  // WHEN
  for (let attempt = 1; attempt <= 3; attempt++) await cloud.deliverAfter(BACKOFF_MS);
  const [letter] = cloud.letters();
  await cloud.send(letter?.body ?? '');
  await cloud.deliver();

  // THEN
  expect(letter && letterIn(letter)).toMatchObject({ traceparent: TRACEPARENT });
  expect(seen).toEqual(Array(4).fill(TRACEPARENT));
});
