import { type Figure, tracked } from '../harness/figure.ts';
import type { ScenarioCounts, TaskCounts } from '../harness/scenarios.ts';

/** What each feature adds to the write units of a task that does not use it. */
export function featureWrites(counts: ScenarioCounts): Figure[] {
  const { lean } = counts;
  const over = (feature: TaskCounts, base: TaskCounts) => feature.writeUnits - base.writeUnits;
  const figure = (feature: string, value: number, how: string) =>
    tracked({ name: `writes-added-by-${feature}`, value, unit: 'writes', how });
  return [
    figure('tracking', over(counts.tracked, lean), 'the queued row and its entry in the listing index'),
    figure(
      'idempotency-key',
      over(counts.keyed, lean),
      'the row before the message, by sendTasks with a key each',
    ),
    figure('step', over(counts.step, lean), 'one step with a small result'),
    figure(
      'progress',
      over(counts.progress, lean),
      'one call in an attempt that is over at once: folded into its end',
    ),
    figure('retry', over(counts.retried, lean), 'a failed attempt, its stack stored'),
    figure('dead-letter', over(counts.deadLettered, lean), 'the error, the envelope and the index entry'),
    figure('redrive', counts.redriven.writeUnits, 'the whole of a second life that succeeds, by redriveAll'),
    figure(
      'cancel',
      over(counts.canceled, counts.tracked),
      'of runs that wait, by cancelRuns: no claim and no settling',
    ),
  ];
}
