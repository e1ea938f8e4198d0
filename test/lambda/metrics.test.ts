import { afterEach, expect, it, vi } from 'vitest';
import { NonRetryableError } from '../../contract/errors.ts';
import { defineTask } from '../../contract/task.ts';
import { handle } from '../../lambda/handle.ts';
import { embeddedMetrics } from '../../local/cloudwatch/embedded-metrics.ts';
import {
  BACKOFF_MS,
  type CloudOptions,
  envelopeOf,
  FUNCTION_TIMEOUT_MS,
  greet,
  START_MS,
  startCloud,
  VISIBILITY_TIMEOUT_MS,
} from './consumer-fixture.ts';
import { throttled } from './wire.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

/** A consumer that tells metrics, and the lines that it writes of them. */
async function measured(metrics: CloudOptions['metrics'] = 'queue', options: CloudOptions = {}) {
  const cloud = await startCloud({ ...options, ...(metrics && { metrics }) });
  const written = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  return { cloud, lines: () => written.mock.calls.map(([text]) => String(text)) };
}

/** What CloudWatch makes of the lines: `<dimensions> <metric>` and its values. */
function valuesIn(lines: readonly string[]): Record<string, number[]> {
  const values: Record<string, number[]> = {};
  for (const { metric, value } of lines.flatMap(embeddedMetrics)) {
    const name = `${Object.values(metric.dimensions).join('/')} ${metric.name}`;
    values[name] = [...(values[name] ?? []), value];
  }
  return values;
}

it('writes one line an invocation, in the embedded metric format', async () => {
  // GIVEN two runs that work for 250 ms one after the other, the first attempt 2 s after their send
  const { cloud, lines } = await measured('queue', { concurrency: 1 });
  cloud.consume(handle(greet, () => cloud.clock.advance(250)));
  await cloud.send(envelopeOf('run-1'));
  await cloud.send(envelopeOf('run-2'));

  // WHEN
  await cloud.deliverAfter(2000);

  // THEN
  expect(lines().map(line => JSON.parse(line))).toEqual([
    {
      _aws: {
        Timestamp: START_MS + 2500,
        CloudWatchMetrics: [
          {
            Namespace: 'BackgroundJobs',
            Dimensions: [['QueueName']],
            Metrics: [
              { Name: 'Succeeded', Unit: 'Count' },
              { Name: 'Duration', Unit: 'Milliseconds' },
              { Name: 'QueueLatency', Unit: 'Milliseconds' },
              { Name: 'BacklogAge', Unit: 'Seconds' },
            ],
          },
        ],
      },
      QueueName: 'tasks',
      Succeeded: [2],
      Duration: [250, 250],
      QueueLatency: [2000, 2250],
      BacklogAge: [2.5],
    },
  ]);
});

it('counts a retry, and a run that is given up, each once', async () => {
  const { cloud, lines } = await measured();
  cloud.consume(
    handle(greet, () => {
      throw new Error('smtp is down');
    }),
  );
  await cloud.send(envelopeOf('run-1'));

  for (let attempt = 1; attempt <= 3; attempt++) await cloud.deliverAfter(BACKOFF_MS);

  const seconds = BACKOFF_MS / 1000;
  expect(valuesIn(lines())).toMatchObject({
    'tasks Retried': [1, 1],
    'tasks DeadLettered': [1],
    'tasks QueueLatency': [BACKOFF_MS],
    'tasks BacklogAge': [seconds, 2 * seconds, 3 * seconds],
  });
});

it('counts a run that its dead process had begun as given up, without a duration', async () => {
  const { cloud, lines } = await measured();
  const once = defineTask({ name: 'once', payload: greet.payload, retry: { attempts: 1 } });
  cloud.consume(handle(once, () => cloud.crash()));
  await cloud.send(envelopeOf('run-1', { task: 'once' }));

  await cloud.deliver();
  await cloud.deliverAfter(Math.max(VISIBILITY_TIMEOUT_MS, FUNCTION_TIMEOUT_MS) + 1000);

  const values = valuesIn(lines());
  expect(values['tasks DeadLettered']).toEqual([1]);
  expect(values).not.toHaveProperty('tasks Duration');
});

it('measures the age of what comes back unattempted, too: nobody else sees it', async () => {
  // GIVEN a table that takes no claim
  const { cloud, lines } = await measured();
  cloud.consume(handle(greet, () => {}));
  await cloud.send(envelopeOf('run-1'));
  cloud.wire.fail('UpdateItemCommand', throttled());

  // WHEN
  await cloud.deliverAfter(7_200_000);

  // THEN
  expect(valuesIn(lines())).toEqual({ 'tasks BacklogAge': [7200] });
});

it('counts the age of a redriven run from its redrive, and of a duplicate not at all', async () => {
  const { cloud, lines } = await measured();
  cloud.consume(
    handle(greet, (_, { epoch }) => {
      if (epoch === 0) throw new NonRetryableError('card declined');
    }),
  );
  await cloud.send(envelopeOf('run-1'));
  await cloud.deliver();
  const letter = cloud.letters()[0]?.body ?? '';
  cloud.clock.advance(7_200_000);

  await cloud.send(letter);
  await cloud.deliverAfter(3000);
  await cloud.send(letter);
  await cloud.deliverAfter(5000);

  const values = valuesIn(lines());
  expect(values['tasks BacklogAge']).toEqual([0, 3]);
  expect(values['tasks QueueLatency']).toEqual([0]);
});

it('tells by task as well, strangers together', async () => {
  const { cloud, lines } = await measured('task');
  const other = defineTask({ name: 'other', payload: greet.payload });
  cloud.consume(
    handle(greet, () => {}),
    handle(other, () => {}),
  );
  await cloud.send(envelopeOf('run-1'));
  await cloud.send(envelopeOf('run-2', { task: 'other' }));
  await cloud.send('no JSON');

  await cloud.deliver();

  expect(valuesIn(lines())).toMatchObject({
    'tasks Succeeded': [1, 1],
    'tasks/greet Succeeded': [1],
    'tasks/other Succeeded': [1],
    'tasks/(unknown) DeadLettered': [1],
  });
});

it('writes no more than 100 values of a metric in a line', async () => {
  const { cloud, lines } = await measured();
  cloud.consume(handle(greet, () => {}));
  for (let index = 0; index < 101; index++) await cloud.send(envelopeOf(`run-${index}`));
  const batch = Array.from({ length: 11 }, () => cloud.queue.receive(10)).flat();

  await cloud.invoke(batch);

  expect(lines().map(line => JSON.parse(line).Duration.length)).toEqual([100, 1]);
  const { 'tasks Duration': durations, 'tasks Succeeded': succeeded } = valuesIn(lines());
  expect(durations).toHaveLength(101);
  expect(succeeded).toEqual([101]);
});

it('writes nothing of a duplicate', async () => {
  const { cloud, lines } = await measured();
  cloud.consume(handle(greet, () => {}));
  for (let copy = 1; copy <= 2; copy++) {
    await cloud.send(envelopeOf('run-1'));
    await cloud.deliver();
  }
  expect(lines()).toHaveLength(1);
});

it('writes nothing where nothing is asked for', async () => {
  const cloud = await startCloud();
  const written = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  cloud.consume(handle(greet, () => {}));
  await cloud.send(envelopeOf('run-1'));
  await cloud.deliver();
  expect(written).not.toHaveBeenCalled();
});
