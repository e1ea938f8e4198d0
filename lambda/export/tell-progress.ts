import type { StepRun } from '../workflow/step-run.ts';
import type { Position } from './checkpoint.ts';

/** Says how far a run with one file is. @throws RunEndedError when the run has ended */
export async function tellProgress(run: StepRun, position: Position): Promise<void> {
  const { rows, total } = position;
  await run.progress(fractionOf(position), total ? `${rows} of ${total} rows` : `${rows} rows`);
}

/** 0 while nobody knows how many rows there will be. */
export function fractionOf({ rows, total }: Position): number {
  return total ? Math.min(1, rows / total) : 0;
}
