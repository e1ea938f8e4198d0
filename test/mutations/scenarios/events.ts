import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { DeleteQueueCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { expect } from 'vitest';
import { SHOP } from '../fixtures/parcels.ts';
import type { World } from '../world.ts';
import { runs } from './deliveries.ts';
import { DAY_MS, MINUTE_MS, type Scenario } from './scenario.ts';

/** An event that matches is a run, and no other is. */
export const hearsEvents: Scenario = async world => {
  await putEvent(world, SHOP, 'heard');
  await putEvent(world, 'elsewhere', 'not heard');
  await world.advance(MINUTE_MS);
  const result = { subject: 'heard', length: 'by event'.length };
  expect(await runs(world)).toMatchObject([{ status: 'succeeded', result }]);
};

/** What the queue does not take is kept longer than a queue keeps messages by default, and told of. */
export const keepsUndelivered: Scenario = async world => {
  await world.sqs.send(new DeleteQueueCommand({ QueueUrl: world.queue.url }));
  await putEvent(world, SHOP, 'undelivered');
  await world.advance(5 * MINUTE_MS);
  const rung = world.alarmChanges.filter(({ to }) => to === 'ALARM').map(({ name }) => name);
  expect(rung).toEqual([expect.stringContaining('HeardUndelivered')]);
  expect(world.notifications).toHaveLength(1);
  await world.advance(5 * DAY_MS);
  const QueueUrl = world.queues.find(({ name }) => name.includes('HeardUndelivered'))?.url;
  const { Messages } = await world.sqs.send(new ReceiveMessageCommand({ QueueUrl }));
  expect(Messages).toHaveLength(1);
};

async function putEvent({ clientConfig }: World, Source: string, subject: string): Promise<void> {
  const events = new EventBridgeClient(clientConfig);
  const entry = { Source, DetailType: 'Parcel', Detail: JSON.stringify({ subject }) };
  await events.send(new PutEventsCommand({ Entries: [entry] }));
  events.destroy();
}
