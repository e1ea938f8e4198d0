import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createClient } from 'cdk-background-jobs/tasks';
import { doNothing, makePayload } from '../app/do-nothing.ts';
import { rawSend } from '../baselines/raw-send.ts';
import type { Bench } from '../harness/bench.ts';
import { atMost, type Figure, tracked } from '../harness/figure.ts';
import { receiveEvents } from '../harness/receive-events.ts';
import { allTakeTurns, compare } from '../harness/take-turns.ts';

const RECORDS_A_ROUND = 300;

/** CPU milliseconds that a consumer's process spends on a record, in batches of 10, on the same engine. */
export async function consumerCpu(bench: Bench): Promise<readonly Figure[]> {
  const rounds = bench.quick ? 3 : 30;
  const ours = startConsumer(bench, 'Lean');
  const powertools = startConsumer(bench, 'Powertools');
  const rawUpdates = startConsumer(bench, 'RawUpdates');
  const sameUpdates = startConsumer(bench, 'SameUpdates');
  try {
    const values = await allTakeTurns(rounds, {
      ours: ours.cpuMsPerRecord,
      powertools: powertools.cpuMsPerRecord,
      rawUpdates: rawUpdates.cpuMsPerRecord,
      sameUpdates: sameUpdates.cpuMsPerRecord,
    });
    const againstPowertools = compare(values.ours, values.powertools);
    const againstRaw = compare(values.ours, values.rawUpdates);
    const floor = compare(values.sameUpdates, values.powertools);
    const how = `${rounds} rounds of ${RECORDS_A_ROUND} records each, all four in turns, median`;
    return [
      atMost(1, {
        name: 'consumer-cpu-ratio',
        value: againstPowertools.ratio,
        unit: 'ratio',
        how:
          `CPU of the consumer's process a record, batches of 10, against plain Powertools batch + idempotency ` +
          `(${againstPowertools.a.toFixed(2)} and ${againstPowertools.b.toFixed(2)} ms); ${how}`,
      }),
      tracked({
        name: 'consumer-cpu-raw-updates-ratio',
        value: againstRaw.ratio,
        unit: 'ratio',
        how: `the same against a handler with two raw UpdateItem calls (${againstRaw.b.toFixed(2)} ms)`,
      }),
      tracked({
        name: 'consumer-cpu-floor-ratio',
        value: floor.ratio,
        unit: 'ratio',
        how:
          `our own two UpdateItem calls with nothing around them, against plain Powertools (${floor.a.toFixed(2)} and ` +
          `${floor.b.toFixed(2)} ms)`,
      }),
    ];
  } finally {
    for (const consumer of [ours, powertools, rawUpdates, sameUpdates]) consumer.stop();
  }
}

function startConsumer({ assembly, engine }: Bench, name: string) {
  const { environment, config, arn } = engine.queue(name);
  const child = fork(new URL('../harness/consumer-process.ts', import.meta.url), [assembly.bundleOf(name)], {
    env: { ...environment },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`The consumer of ${name} ended with ${code}`);
  });
  // Whoever waits for an answer hears of it.
  ended.catch(() => {});
  const payloads = Array.from({ length: RECORDS_A_ROUND }, (_, number) => makePayload(number));
  const sendOurs = async (url: string) => {
    const client = createClient({ queues: [{ ...config, url }], ...engine });
    await client.sendTasks(
      doNothing,
      payloads.map(payload => ({ payload })),
    );
  };
  const send = name === 'Lean' ? sendOurs : (url: string) => rawSend(engine.sqs, url, payloads);
  return {
    async cpuMsPerRecord() {
      const events = await receiveEvents(engine, arn, send);
      const answered = new Promise<number>(resolve =>
        child.once('message', message => resolve(Number(message))),
      );
      child.send(events);
      const cpuMicroseconds = await Promise.race([answered, ended]);
      return cpuMicroseconds / 1000 / RECORDS_A_ROUND;
    },
    stop: () => child.kill(),
  };
}
