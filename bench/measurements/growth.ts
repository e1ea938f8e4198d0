import { doNothing, makePayload } from '../app/do-nothing.ts';
import type { Bench } from '../harness/bench.ts';
import { startBenchEngine } from '../harness/engine.ts';
import { atMost, type Figure } from '../harness/figure.ts';
import { median } from '../harness/take-turns.ts';

const FEW = 1000;

/**
 * Whether a task takes longer when there are many: in the queue, in the table, in the engine's memory. The short runs
 * are taken on fresh engines before and after the long one, so that a machine that slows down meanwhile counts on both.
 */
export async function growth(bench: Bench): Promise<readonly Figure[]> {
  const many = bench.quick ? 5000 : 50_000;
  const before = await fewOnFreshEngine(bench);
  const long = await onFreshEngine(bench, millisecondsATask => millisecondsATask(many));
  const after = await fewOnFreshEngine(bench);
  const short = median([...before, ...after]);
  return [
    atMost(1.1, {
      name: 'growth-ratio',
      value: long / short,
      unit: 'ratio',
      how:
        `time a task with ${many} tasks sent at once (${long.toFixed(2)} ms) over that with ${FEW} ` +
        `(${short.toFixed(2)} ms, median of ${before.length + after.length}); local engine, trackQueued on`,
    }),
  ];
}

function fewOnFreshEngine(bench: Bench): Promise<number[]> {
  return onFreshEngine(bench, async millisecondsATask => {
    const values: number[] = [];
    for (let round = 0; round < 5; round++) values.push(await millisecondsATask(FEW));
    return values;
  });
}

/** An engine that has warmed up, and no more. */
async function onFreshEngine<T>(
  { assembly }: Bench,
  measure: (millisecondsATask: (count: number) => Promise<number>) => Promise<T>,
): Promise<T> {
  const engine = await startBenchEngine(assembly.folder, 'Small');
  const queue = engine.queue('Jobs');
  const millisecondsATask = async (count: number) => {
    const items = Array.from({ length: count }, (_, number) => ({ payload: makePayload(number) }));
    const start = performance.now();
    await queue.client.sendTasks(doNothing, items);
    await queue.drained();
    return (performance.now() - start) / count;
  };
  try {
    await millisecondsATask(FEW);
    return await measure(millisecondsATask);
  } finally {
    await engine.stop();
  }
}
