/** Where a page of a listing ended, and where its listing ends. */
export interface ListPosition {
  readonly task: string;
  /** The listing's older bound, in milliseconds: it must not move from page to page. */
  readonly fromMs: number;
  readonly after: ListEntry;
}

/** What the listing index knows of a run. */
export interface ListEntry {
  readonly createdAt: number;
  readonly runId: string;
}

/** Newest first; of the runs of one millisecond the greater id first, so that the order is the same on every page. */
export function compareEntries(a: ListEntry, b: ListEntry): number {
  if (a.createdAt !== b.createdAt) return b.createdAt - a.createdAt;
  if (a.runId === b.runId) return 0;
  return a.runId > b.runId ? -1 : 1;
}

export function encodeCursor({ task, fromMs, after }: ListPosition): string {
  return Buffer.from(JSON.stringify([task, fromMs, after.createdAt, after.runId])).toString('base64url');
}

/** @throws RangeError when the cursor is not one of the same task's listing */
export function decodeCursor(cursor: string, task: string): ListPosition {
  const [ofTask, fromMs, createdAt, runId] = readFields(cursor);
  if (!Number.isSafeInteger(fromMs) || !Number.isSafeInteger(createdAt) || typeof runId !== 'string') {
    throw new RangeError(
      `cursor must be one that listRuns answered, unchanged, got '${cursor}'; leave it out for the first page`,
    );
  }
  if (ofTask !== task) {
    throw new RangeError(`cursor belongs to a listing of task '${ofTask}', not of '${task}'`);
  }
  return { task, fromMs: Number(fromMs), after: { createdAt: Number(createdAt), runId } };
}

function readFields(cursor: string): readonly unknown[] {
  try {
    const fields: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    return Array.isArray(fields) ? fields : [];
  } catch {
    return []; // No JSON: not one of ours, which the caller reports.
  }
}
