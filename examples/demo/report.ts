import type { Run } from 'cdk-background-jobs/tasks';
import type { Account, SeenLetter } from './outside-view.ts';
import type { SentItem } from './send-everything.ts';

/** Rows of text in columns. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map(row => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  return [line(head), line(widths.map(width => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

/** A row a task: what was sent, and what the run table says of it. */
export function taskTable(
  items: readonly SentItem[],
  runsByTask: ReadonlyMap<string, readonly Run[]>,
): string {
  const rows = [...runsByTask].map(([task, runs]) => {
    const sent = items.filter(item => item.task === task);
    const finishedMs = runs.flatMap(run =>
      run.status === 'succeeded' && run.finishedAt ? +run.finishedAt - +run.createdAt : [],
    );
    const count = (holds: (run: Run) => boolean) => String(runs.filter(holds).length);
    return [
      task,
      String(sent.length),
      count(run => run.status === 'succeeded'),
      count(run => run.attempt > 1),
      count(run => run.status === 'deadLettered'),
      String(sent.filter(item => item.duplicate).length),
      formatMs(percentile(finishedMs, 0.5)),
      formatMs(percentile(finishedMs, 0.95)),
    ];
  });
  return table(['task', 'sent', 'succeeded', 'retried', 'dead-lettered', 'duplicates', 'p50', 'p95'], rows);
}

/** Letters of one reason in one row. */
export function deadLetterTable(letters: readonly SeenLetter[]): string {
  const groups = Map.groupBy(
    letters,
    ({ task, cause, error }) => `${task}\0${cause}\0${error.replace(/\d+/g, '…')}`,
  );
  const rows = [...groups.values()].flatMap(group => {
    const [first] = group;
    return first
      ? [[first.task, String(group.length), first.cause, String(first.attempts), first.error.slice(0, 90)]]
      : [];
  });
  return table(['task', 'letters', 'cause', 'attempts', 'error'], rows);
}

export function summaryLine({ sent, succeeded, deadLettered, duplicatesSuppressed, lost }: Account): string {
  return (
    `summary: sent=${sent} succeeded=${succeeded} deadLettered=${deadLettered} ` +
    `duplicatesSuppressed=${duplicatesSuppressed} lost=${lost.length}`
  );
}

export function percentile(values: readonly number[], share: number): number | undefined {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}

export function formatMs(ms: number | undefined): string {
  if (ms === undefined) return '-';
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}
