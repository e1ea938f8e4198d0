import type { Clock } from '../../contract/clock.ts';
import type { StepRun } from '../workflow/step-run.ts';
import type { Position } from './checkpoint.ts';
import type { ExportWork } from './write-export.ts';

/** Says how far a run with one file is. @throws RunEndedError when the run has ended */
export async function tellProgress(run: StepRun, position: Position): Promise<void> {
  const { rows, total } = position;
  await run.progress(fractionOf(position), total ? `${rows} of ${total} rows` : `${rows} rows`);
}

/** So often it is told, and seen that the run has ended, however far apart or close together the parts are. */
const BETWEEN_MS = 2000;

/** Of the beginning and the end, it is told at once. */
export function paced(
  clock: Clock,
  tell: (position: Position) => Promise<void>,
): Pick<ExportWork, 'tell' | 'tellIsDue'> {
  let toldAt = clock.now();
  const isDue = () => clock.now() - toldAt >= BETWEEN_MS;
  return {
    tellIsDue: isDue,
    async tell(position) {
      if (position.pages > 0 && !position.done && !isDue()) return;
      toldAt = clock.now();
      await tell(position);
    },
  };
}

/** 0 while nobody knows how many rows there will be. */
export function fractionOf({ rows, total }: Position): number {
  return total ? Math.min(1, rows / total) : 0;
}
