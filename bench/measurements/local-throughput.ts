import { createClient } from 'cdk-background-jobs/tasks';
import { doNothing, makePayload } from '../app/do-nothing.ts';
import { rawSend } from '../baselines/raw-send.ts';
import type { Bench } from '../harness/bench.ts';
import { atLeast, type Figure, tracked } from '../harness/figure.ts';
import { takeTurns } from '../harness/take-turns.ts';

/** From the first send until the queue is empty; the handler does nothing. */
export async function localThroughput({ engine, quick }: Bench): Promise<readonly Figure[]> {
  const count = quick ? 500 : 1000;
  const rounds = quick ? 3 : 5;
  const payloads = Array.from({ length: count }, (_, number) => makePayload(number));
  const items = payloads.map(payload => ({ payload }));

  const rate = (name: string, send: (queue: ReturnType<typeof engine.queue>) => Promise<unknown>) => {
    const queue = engine.queue(name);
    return async () => {
      const start = performance.now();
      await send(queue);
      await queue.drained();
      return count / ((performance.now() - start) / 1000);
    };
  };
  const sendTasks = ({ config }: ReturnType<typeof engine.queue>) =>
    createClient({ queues: [config] }).sendTasks(doNothing, items);
  const ours = rate('Lean', sendTasks);
  const everythingOn = rate('Tracked', sendTasks);
  const raw = rate('RawUpdates', ({ url }) => rawSend(engine.sqs, url, payloads));
  const same = rate('SameUpdates', ({ url }) => rawSend(engine.sqs, url, payloads));
  const powertools = rate('Powertools', ({ url }) => rawSend(engine.sqs, url, payloads));

  const againstRaw = await takeTurns(rounds, ours, raw);
  const floor = await takeTurns(rounds, same, raw);
  const againstPowertools = await takeTurns(rounds, ours, powertools);
  const onAndRaw = await takeTurns(rounds, everythingOn, raw);
  const how = `${count} tasks a round, ${rounds} pairs in turns, median`;
  return [
    atLeast(0.8, {
      name: 'local-throughput-ratio',
      value: againstRaw.ratio,
      unit: 'ratio',
      how:
        'sendTasks to empty queue on the local engine, trackQueued off, against raw sends to a handler with two raw ' +
        `UpdateItem calls (${againstRaw.a.toFixed()} and ${againstRaw.b.toFixed()} tasks/s); ${how}`,
    }),
    tracked({
      name: 'local-throughput-floor-ratio',
      value: floor.ratio,
      unit: 'ratio',
      how: `our own two UpdateItem calls with nothing around them, against the two raw ones (${floor.a.toFixed()} and ${floor.b.toFixed()} tasks/s)`,
    }),
    tracked({
      name: 'local-throughput-powertools-ratio',
      value: againstPowertools.ratio,
      unit: 'ratio',
      how: `the same against plain Powertools batch + idempotency (${againstPowertools.b.toFixed()} tasks/s)`,
    }),
    atLeast(350, {
      name: 'local-tasks-per-second',
      value: onAndRaw.a,
      unit: 'tasks/s',
      how:
        "the same with the defaults, queued rows and listing index on; absolute, so the machine's as well, on which the " +
        `raw loop came to ${onAndRaw.b.toFixed()}; ${how}`,
    }),
  ];
}
