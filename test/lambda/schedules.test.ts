import { expect, it, type Mock, vi } from 'vitest';
import { toScheduleInput } from '../../contract/firing.ts';
import { runIdOfKey } from '../../contract/run-id.ts';
import { type Handler, handle } from '../../lambda/handle.ts';
import { eventually } from '../eventually.ts';
import { BACKOFF_MS, type Cloud, greet, letterIn, START_MS, startCloud } from './consumer-fixture.ts';
import { throttled } from './wire.ts';

const ARN = 'arn:aws:scheduler:eu-west-1:123456789012:schedule/jobs/digest';
const MINUTE_MS = 60_000;
const HALF_A_DAY_MS = 12 * 3_600_000;

const timeOf = (atMs: number) => new Date(atMs).toISOString().replace('.000Z', 'Z');
const runIdAt = (atMs: number) => runIdOfKey('greet', `${ARN} ${timeOf(atMs)}`);

/** What EventBridge Scheduler sends at a firing. */
function fire(
  cloud: Cloud,
  atMs = START_MS,
  policy: { overlap?: 'skip'; maxLatenessSeconds?: number } = {},
): Promise<string> {
  return cloud.send(
    toScheduleInput('greet', { name: 'Shop/Digest', ...policy }, '{"name":"Ada"}')
      .replaceAll('<aws.scheduler.schedule-arn>', ARN)
      .replaceAll('<aws.scheduler.scheduled-time>', timeOf(atMs)),
  );
}

async function consume(handler: Handler<typeof greet>): Promise<Cloud> {
  const cloud = await startCloud();
  cloud.consume(handle(greet, handler));
  return cloud;
}

/** Leaves the run of the first firing `retrying`, its message out of sight. */
async function withUnendedRun(handler: Mock<Handler<typeof greet>>): Promise<Cloud> {
  const cloud = await consume(handler);
  handler.mockRejectedValueOnce(new Error('busy'));
  await fire(cloud, START_MS, { overlap: 'skip' });
  await cloud.deliver();
  return cloud;
}

it('tells the handler which schedule began the run and when it was due', async () => {
  const handler = vi.fn();
  const cloud = await consume(handler);
  await fire(cloud, START_MS - MINUTE_MS);

  await cloud.deliver();

  const schedule = { name: 'Shop/Digest', scheduledAt: new Date(START_MS - MINUTE_MS) };
  expect(handler).toHaveBeenCalledWith({ name: 'Ada' }, expect.objectContaining({ schedule }));
});

it('tells it in every attempt, and after a redrive', async () => {
  const handler = vi.fn().mockRejectedValue(new Error('busy'));
  const cloud = await consume(handler);
  await fire(cloud);
  for (let attempt = 1; attempt <= 3; attempt++) await cloud.deliverAfter(BACKOFF_MS);
  const [letter] = cloud.letters().map(letterIn);

  await cloud.send(letter ?? 'no letter');
  await cloud.deliver();

  expect(handler.mock.calls.map(([, run]) => run.schedule.scheduledAt)).toEqual(
    Array(4).fill(new Date(START_MS)),
  );
});

it('runs a time once that the schedule fires twice', async () => {
  const handler = vi.fn();
  const cloud = await consume(handler);
  await fire(cloud);
  await fire(cloud);

  await cloud.deliver();
  await cloud.deliver();

  expect(handler).toHaveBeenCalledOnce();
  expect(await cloud.item(runIdAt(START_MS))).toMatchObject({ status: 'succeeded' });
});

it('runs a firing however late when its schedule sets no limit', async () => {
  const handler = vi.fn();
  const cloud = await consume(handler);
  await fire(cloud, START_MS - 2 * HALF_A_DAY_MS);

  await cloud.deliver();

  expect(handler).toHaveBeenCalledOnce();
});

it.each([
  ['cancels a firing that is later than its maxLateness', 61_000, 'canceled'],
  ['runs a firing that is as late as its maxLateness', 60_000, 'succeeded'],
])('%s', async (_, lateMs, status) => {
  const cloud = await consume(vi.fn());
  await fire(cloud, START_MS - lateMs, { maxLatenessSeconds: 60 });

  await cloud.deliver();

  expect(await cloud.item(runIdAt(START_MS - lateMs))).toMatchObject({ status });
});

it('says in the run why it was canceled as too late', async () => {
  const cloud = await consume(vi.fn());
  await fire(cloud, START_MS - 90_000, { maxLatenessSeconds: 60 });

  await cloud.deliver();

  const { error = '' } = await cloud.item(runIdAt(START_MS - 90_000));
  expect(JSON.parse(error)).toMatchObject({
    name: 'RunSkippedError',
    message: expect.stringContaining(
      'was due at 2030-01-01T11:58:30Z, 90 s ago, and its maxLateness is 60 s',
    ),
  });
});

it('retries a run past its maxLateness', async () => {
  const handler = vi.fn().mockRejectedValueOnce(new Error('busy'));
  const cloud = await consume(handler);
  await fire(cloud, START_MS, { maxLatenessSeconds: 1 });
  await cloud.deliver();

  await cloud.deliverAfter(BACKOFF_MS);

  expect(handler).toHaveBeenCalledTimes(2);
});

it('cancels a firing while an earlier run of its schedule has not ended, where overlap is skip', async () => {
  // GIVEN
  const handler = vi.fn();
  const cloud = await withUnendedRun(handler);

  // WHEN
  await fire(cloud, START_MS + MINUTE_MS, { overlap: 'skip' });
  await cloud.deliver();

  // THEN
  const { status, error = '' } = await cloud.item(runIdAt(START_MS + MINUTE_MS));
  expect(status).toBe('canceled');
  expect(JSON.parse(error)).toMatchObject({
    name: 'RunSkippedError',
    message: `run ${runIdAt(START_MS)} of schedule Shop/Digest has not ended, and the schedule's overlap is 'skip'`,
  });
  expect(handler).toHaveBeenCalledOnce();
});

it('runs the retries of the run that holds its schedule', async () => {
  const handler = vi.fn();
  const cloud = await withUnendedRun(handler);

  await cloud.deliverAfter(BACKOFF_MS);

  expect(await cloud.item(runIdAt(START_MS))).toMatchObject({ status: 'succeeded', attempt: 2 });
});

it('runs the firing after one that was skipped, once the earlier run has ended', async () => {
  // GIVEN
  const handler = vi.fn();
  const cloud = await withUnendedRun(handler);
  await fire(cloud, START_MS + MINUTE_MS, { overlap: 'skip' });
  await cloud.deliver();
  await cloud.deliverAfter(BACKOFF_MS);

  // WHEN
  await fire(cloud, START_MS + 2 * MINUTE_MS, { overlap: 'skip' });
  await cloud.deliver();

  // THEN
  expect(await cloud.item(runIdAt(START_MS + 2 * MINUTE_MS))).toMatchObject({ status: 'succeeded' });
});

it('runs a firing beside an earlier one where overlap is allowed', async () => {
  const cloud = await withUnendedRun(vi.fn());

  await fire(cloud, START_MS + MINUTE_MS);
  await cloud.deliver();

  expect(await cloud.item(runIdAt(START_MS + MINUTE_MS))).toMatchObject({ status: 'succeeded' });
});

it('lets one of two firings run that come to a free schedule in one batch', async () => {
  const handler = vi.fn();
  const cloud = await consume(handler);
  let release = () => {};
  handler.mockImplementation(() => new Promise<void>(resolve => (release = resolve)));
  await fire(cloud, START_MS, { overlap: 'skip' });
  await fire(cloud, START_MS + MINUTE_MS, { overlap: 'skip' });

  const delivery = cloud.deliver();
  const canceled = async () => {
    const items = await Promise.all([START_MS, START_MS + MINUTE_MS].map(at => cloud.item(runIdAt(at))));
    return items.filter(({ status }) => status === 'canceled');
  };
  await eventually(async () => expect(await canceled()).toHaveLength(1));
  release();
  await delivery;

  expect(handler).toHaveBeenCalledOnce();
});

it('no longer waits for a run that has been silent for twelve hours past its next attempt', async () => {
  const cloud = await withUnendedRun(vi.fn());
  for (const { receiptHandle } of cloud.queue.receive(10)) cloud.queue.delete(receiptHandle);
  cloud.clock.advance(BACKOFF_MS);
  for (const { receiptHandle } of cloud.queue.receive(10)) cloud.queue.delete(receiptHandle);
  cloud.clock.advance(HALF_A_DAY_MS + 1);

  const atMs = cloud.clock.now();
  await fire(cloud, atMs, { overlap: 'skip' });
  await cloud.deliver();

  expect(await cloud.item(runIdAt(atMs))).toMatchObject({ status: 'succeeded' });
});

it('gives the message back, uncounted, when the table does not tell what became of the earlier run', async () => {
  // GIVEN
  const handler = vi.fn();
  const cloud = await withUnendedRun(handler);
  let updates = 0;
  cloud.wire.beforeCall(command => {
    // The claim is the first; the hold is the second, and the SDK repeats it.
    if (command === 'UpdateItemCommand' && ++updates === 2) throw throttled();
  });

  // WHEN
  await fire(cloud, START_MS + MINUTE_MS, { overlap: 'skip' });
  const { returned } = await cloud.deliver();

  // THEN
  expect(returned).toHaveLength(1);
  expect(await cloud.item(runIdAt(START_MS + MINUTE_MS))).toMatchObject({ status: 'retrying', attempt: 0 });
  expect(cloud.queue.counts().visible).toBe(0);
});

it('runs a redriven firing whatever its schedule says', async () => {
  // GIVEN
  const handler = vi.fn().mockRejectedValue(new Error('busy'));
  const cloud = await consume(handler);
  await fire(cloud, START_MS, { overlap: 'skip', maxLatenessSeconds: 60 });
  for (let attempt = 1; attempt <= 3; attempt++) await cloud.deliverAfter(BACKOFF_MS);
  const [letter] = cloud.letters().map(letterIn);

  // WHEN
  await fire(cloud, START_MS + MINUTE_MS, { overlap: 'skip' });
  await cloud.deliver();
  cloud.clock.advance(HALF_A_DAY_MS);
  handler.mockResolvedValue(undefined);
  await cloud.send(letter ?? 'no letter');
  await cloud.deliver();

  // THEN
  expect(await cloud.item(runIdAt(START_MS))).toMatchObject({ status: 'succeeded', epoch: 1 });
});
