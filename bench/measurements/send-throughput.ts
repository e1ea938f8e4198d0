import { CreateQueueCommand, DeleteQueueCommand } from '@aws-sdk/client-sqs';
import { type ClientOptions, createClient } from 'cdk-background-jobs/tasks';
import { doNothing, isPayload, makePayload, type Payload } from '../app/do-nothing.ts';
import { rawSend } from '../baselines/raw-send.ts';
import type { Bench } from '../harness/bench.ts';
import { atLeast, type Figure, tracked } from '../harness/figure.ts';
import { allTakeTurns, compare } from '../harness/take-turns.ts';

/** `sendTasks` against the best raw loop, to a queue that nobody consumes; the engine is a process of its own. */
export async function sendThroughput({ engine, quick }: Bench): Promise<readonly Figure[]> {
  const count = quick ? 4000 : 20_000;
  const trackedCount = count / 10;
  const rounds = quick ? 3 : 15;
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
  const sendTasks = (tasks: number, trackQueued: boolean, clients: ClientOptions = {}) =>
    rate(tasks, async url => {
      const client = createClient({ ...clients, queues: [{ ...config, url, trackQueued }] });
      const outcomes = await client.sendTasks(
        doNothing,
        payloads.slice(0, tasks).map(payload => ({ payload })),
      );
      const failed = outcomes.find(({ status }) => status === 'failed');
      if (failed) throw new Error('a send failed', { cause: failed });
    });
  const values = await allTakeTurns(rounds, {
    lean: sendTasks(count, false),
    onSameClient: sendTasks(count, false, { sqs: engine.sqs }),
    byDefault: sendTasks(trackedCount, true),
    asChecked: rate(count, url => rawSend(engine.sqs, url, payloads, toCheckedBody)),
    raw: rate(count, url => rawSend(engine.sqs, url, payloads)),
  });
  const lean = compare(values.lean, values.raw);
  const onSameClient = compare(values.onSameClient, values.raw);
  const byDefault = compare(values.byDefault, values.raw);
  const floor = compare(values.asChecked, values.raw);
  const rates = ({ a, b }: typeof lean) => `${a.toFixed()} and ${b.toFixed()} tasks/s`;
  return [
    atLeast(0.9, {
      name: 'send-throughput-ratio',
      value: lean.ratio,
      unit: 'ratio',
      how:
        `sendTasks of ${count}, trackQueued off, against a raw SendMessageBatch loop with four in flight, each with the ` +
        `client that it gets by default ` +
        `(${rates(lean)}); ${rounds} rounds, all five in turns, median`,
    }),
    tracked({
      name: 'send-throughput-same-client-ratio',
      value: onSameClient.ratio,
      unit: 'ratio',
      how: `the same where sendTasks has the raw loop's client (${rates(onSameClient)})`,
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
