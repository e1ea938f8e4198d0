import { CreateQueueCommand, DeleteQueueCommand } from '@aws-sdk/client-sqs';
import { createClient } from 'cdk-background-jobs/tasks';
import { doNothing, isPayload, makePayload, type Payload } from '../app/do-nothing.ts';
import { rawSend } from '../baselines/raw-send.ts';
import type { Bench } from '../harness/bench.ts';
import { atLeast, type Figure, tracked } from '../harness/figure.ts';
import { takeTurns } from '../harness/take-turns.ts';

/** `sendTasks` against the best raw loop, to a queue that nobody consumes; the engine is a process of its own. */
export async function sendThroughput({ engine, quick }: Bench): Promise<readonly Figure[]> {
  const count = quick ? 4000 : 20_000;
  const trackedCount = count / 10;
  const rounds = quick ? 3 : 7;
  const payloads = Array.from({ length: count }, (_, number) => makePayload(number));
  const { config } = engine.queue('Tracked');

  const rate = (tasks: number, send: (queueUrl: string) => Promise<unknown>) => async () => {
    const QueueName = `bench-${crypto.randomUUID()}`;
    const { QueueUrl = '' } = await engine.sqs.send(new CreateQueueCommand({ QueueName }));
    const start = performance.now();
    await send(QueueUrl);
    const seconds = (performance.now() - start) / 1000;
    await engine.sqs.send(new DeleteQueueCommand({ QueueUrl }));
    return tasks / seconds;
  };
  const sendTasks = (tasks: number, trackQueued: boolean) =>
    rate(tasks, async url => {
      const client = createClient({ queues: [{ ...config, url, trackQueued }], ...engine });
      const outcomes = await client.sendTasks(
        doNothing,
        payloads.slice(0, tasks).map(payload => ({ payload })),
      );
      const failed = outcomes.find(({ status }) => status === 'failed');
      if (failed) throw new Error('a send failed', { cause: failed });
    });
  const raw = rate(count, url => rawSend(engine.sqs, url, payloads));
  const asChecked = rate(count, url => rawSend(engine.sqs, url, payloads, toCheckedBody));

  const lean = await takeTurns(rounds, sendTasks(count, false), raw);
  const byDefault = await takeTurns(rounds, sendTasks(trackedCount, true), raw);
  const floor = await takeTurns(rounds, asChecked, raw);
  const rates = ({ a, b }: typeof lean) => `${a.toFixed()} and ${b.toFixed()} tasks/s`;
  return [
    atLeast(0.9, {
      name: 'send-throughput-ratio',
      value: lean.ratio,
      unit: 'ratio',
      how:
        `sendTasks of ${count}, trackQueued off, against a raw SendMessageBatch loop with four in flight ` +
        `(${rates(lean)}); ${rounds} pairs in turns, median`,
    }),
    tracked({
      name: 'send-throughput-floor-ratio',
      value: floor.ratio,
      unit: 'ratio',
      how:
        'the raw loop with the bodies of sendTasks, each payload validated as JSON carries it, against itself with ' +
        `payloads alone (${rates(floor)})`,
    }),
    tracked({
      name: 'send-throughput-tracked-ratio',
      value: byDefault.ratio,
      unit: 'ratio',
      how: `the same with trackQueued on, ${trackedCount} tasks: a PutItem each (${rates(byDefault)})`,
    }),
  ];
}

/** The least that makes of a payload what `sendTasks` makes of it. */
function toCheckedBody(given: Payload): string {
  const payload: unknown = JSON.parse(JSON.stringify(given));
  if (!isPayload(payload)) throw new Error('an invalid payload');
  return JSON.stringify({
    v: 1,
    runId: crypto.randomUUID(),
    epoch: 0,
    task: doNothing.name,
    payload,
    depth: 0,
  });
}
