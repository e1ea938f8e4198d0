import { vi } from 'vitest';
import { createClient } from '../../client/create-client.ts';
import { handle } from '../../lambda/handle.ts';
import type { TaskRun } from '../../lambda/task-run.ts';
import { type Cloud, envelopeOf, greet } from './consumer-fixture.ts';

/** The first attempt of `run-1` at work: its handler does nothing until the test ends it. Further ones succeed. */
export async function holdAttempt(cloud: Cloud) {
  const end = Promise.withResolvers<unknown>();
  const begun = Promise.withResolvers<TaskRun>();
  const handler = vi.fn((_: unknown, run: TaskRun): unknown => {
    begun.resolve(run);
    return run.attempt === 1 && run.epoch === 0 ? end.promise : 'done again';
  });
  cloud.consume(handle(greet, handler));
  const message = await cloud.send(envelopeOf('run-1'));
  const delivery = cloud.deliver();
  return { run: await begun.promise, handler, message, delivery, succeed: end.resolve, fail: end.reject };
}

export function clientOf(cloud: Cloud) {
  return createClient({ ...cloud.clients, clock: cloud.clock, queues: [cloud.config([greet.name])] });
}

/** Every write to the run table so far, repetitions by the SDK included. */
export function writesOf({ wire }: Cloud): readonly object[] {
  return wire.requests.filter(({ command }) => command === 'UpdateItemCommand').map(({ input }) => input);
}
