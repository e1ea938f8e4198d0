import { expect, it, vi } from 'vitest';
import { handle } from '../../lambda/handle.ts';
import type { TaskRun } from '../../lambda/task-run.ts';
import { eventually } from '../eventually.ts';
import { envelopeOf, greet, startCloud, VISIBILITY_TIMEOUT_MS } from './consumer-fixture.ts';

/** A handler that is frozen in its first attempt, while the second succeeds; it thaws by `thaw`. */
async function freezeFirstAttempt() {
  const cloud = await startCloud();
  const frozen = { succeed: () => {}, fail: (_: Error) => {} };
  const handler = vi.fn<() => unknown>().mockImplementationOnce(
    () =>
      new Promise<string>((resolve, reject) => {
        frozen.succeed = () => resolve('of the zombie');
        frozen.fail = reject;
      }),
  );
  handler.mockResolvedValue('of the successor');
  cloud.consume(handle(greet, handler));
  const message = await cloud.send(envelopeOf('run-1'));
  return { cloud, frozen, handler, message };
}

it.each([
  ['success', 'succeed'],
  ['failure', 'fail'],
] as const)('returns the message of an attempt whose %s comes after another has taken over', async (_, end) => {
  // GIVEN a process that was frozen past its lease
  const { cloud, frozen, handler, message } = await freezeFirstAttempt();
  const zombie = cloud.deliver();
  await eventually(() => expect(handler).toHaveBeenCalledOnce());
  await cloud.putItem({ ...(await cloud.item('run-1')), leaseUntil: 0 });
  await cloud.send(envelopeOf('run-1'));
  await cloud.deliver();
  const item = await cloud.item('run-1');

  // WHEN
  frozen[end](new Error('of the zombie'));
  const { returned } = await zombie;

  // THEN
  expect(returned).toEqual([message]);
  expect(await cloud.item('run-1')).toEqual(item);
  expect(item).toMatchObject({ status: 'succeeded', attempt: 2, result: '"of the successor"' });
  expect((await cloud.deliverAfter(VISIBILITY_TIMEOUT_MS)).acknowledged).toEqual([message]);
  expect(handler).toHaveBeenCalledTimes(2);
});

it('keeps the error of an attempt that was taken over in the log', async () => {
  // GIVEN
  const { cloud, frozen, handler } = await freezeFirstAttempt();
  const zombie = cloud.deliver();
  await eventually(() => expect(handler).toHaveBeenCalledOnce());
  await cloud.putItem({ ...(await cloud.item('run-1')), leaseId: 'of another' });

  // WHEN
  frozen.fail(new Error('card declined'));
  await zombie;

  // THEN
  expect(cloud.lines).toMatchObject([
    {
      runId: 'run-1',
      task: 'greet',
      attempt: 1,
      error: { name: 'LeaseLost', cause: { name: 'Error', message: 'card declined' } },
    },
  ]);
});

it.each([
  ['claim', 1],
  ['finish', 2],
])('counts one attempt when the answer to its %s is lost', async (_, request) => {
  // GIVEN
  const cloud = await startCloud();
  const handler = vi.fn((_: unknown, run: TaskRun) => run.attempt);
  cloud.consume(handle(greet, handler));
  const message = await cloud.send(envelopeOf('run-1'));
  cloud.wire.loseAnswer('UpdateItemCommand', request);

  // WHEN
  const { acknowledged } = await cloud.deliver();

  // THEN
  expect(cloud.wire.requests).toHaveLength(3);
  expect(acknowledged).toEqual([message]);
  expect(handler).toHaveBeenCalledOnce();
  expect(await cloud.item('run-1')).toMatchObject({ status: 'succeeded', attempt: 1, result: '1' });
});

it('counts one failed attempt when the answer to its finish is lost', async () => {
  // GIVEN
  const cloud = await startCloud();
  cloud.consume(handle(greet, () => Promise.reject(new Error('smtp is down'))));
  await cloud.send(envelopeOf('run-1'));
  cloud.wire.loseAnswer('UpdateItemCommand', 2);

  // WHEN
  await cloud.deliver();

  // THEN
  expect(await cloud.item('run-1')).toMatchObject({ status: 'retrying', attempt: 1 });
});
