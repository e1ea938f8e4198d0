import { DeleteQueueCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { expect } from 'vitest';
import { HOURLY } from '../fixtures/tasks.ts';
import type { World } from '../world.ts';
import { MINUTE_MS, type Scenario } from './scenario.ts';

const HOUR_MS = 60 * MINUTE_MS;

export const firesSchedule: Scenario = async world => {
  await world.advance(29 * MINUTE_MS);
  expect(world.outside.callsOf(HOURLY)).toHaveLength(0);
  await world.advance(2 * MINUTE_MS);
  expect(world.outside.callsOf(HOURLY)).toHaveLength(1);
  await world.sqs.send(new DeleteQueueCommand({ QueueUrl: world.queue.url }));
  await world.advance(HOUR_MS);
  expect(await undelivered(world, 'HourlyUndelivered')).toHaveLength(1);
};

export const sendsForLater: Scenario = async world => {
  const { operate, outside, advance } = world;
  const { runId } = await operate<{ runId: string }>('sendLater', { subject: 'moved' });
  await operate('reschedule', { runId });
  await advance(2 * HOUR_MS + MINUTE_MS);
  expect(outside.callsOf('moved')).toHaveLength(1);
  await operate('sendLater', { subject: 'lost' });
  await world.sqs.send(new DeleteQueueCommand({ QueueUrl: world.queue.url }));
  await advance(HOUR_MS + MINUTE_MS);
  expect(await undelivered(world, 'SendLaterUndelivered')).toHaveLength(1);
};

export const makesSchedules: Scenario = async world => {
  const { operate, outside, advance } = world;
  await operate('upsertSchedule', { cron: '30 * * * ? *' });
  await operate('upsertSchedule', { cron: '0 * * * ? *' });
  expect(await operate('listSchedules')).toMatchObject({ schedules: [{ key: 'made' }] });
  // The second firing looks whether the first one's run has ended.
  await advance(2.5 * HOUR_MS);
  expect(outside.callsOf('made')).toHaveLength(2);
  await operate('deleteSchedule');
  await advance(HOUR_MS);
  expect(outside.callsOf('made')).toHaveLength(2);
};

/** All that `grantSchedule` is for. */
export const managesTimes: Scenario = async world => {
  await world.operate('send', { subject: 'now' });
  await makesSchedules(world);
  await sendsForLater(world);
};

async function undelivered({ queues, sqs }: World, name: string): Promise<readonly unknown[]> {
  const queue = queues.find(({ url }) => url.includes(name));
  const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl: queue?.url }));
  return Messages;
}
