/** Where a page of a listing ended, and where its listing ends. */
export interface ListPosition {
  /** Whose listing it is, such as a task's name. */
  readonly of: string;
  /** The listing's older bound, in milliseconds: it must not move from page to page. */
  readonly fromMs: number;
  readonly after: ListEntry;
}

/** What a listing's index knows of a run. */
export interface ListEntry {
  /** The time by which the listing is in order, in milliseconds since the epoch. */
  readonly atMs: number;
  readonly runId: string;
}

/** Newest first; of the runs of one millisecond the greater id first, so that the order is the same on every page. */
export function compareEntries(a: ListEntry, b: ListEntry): number {
  if (a.atMs !== b.atMs) return b.atMs - a.atMs;
  if (a.runId === b.runId) return 0;
  return a.runId > b.runId ? -1 : 1;
}

export function encodeCursor({ of, fromMs, after }: ListPosition): string {
  return cursorOf([of, fromMs, after.atMs, after.runId]);
}

/**
 * @param verb whose answer the cursor must be, for the message
 * @throws RangeError when the cursor is not one of the same listing
 */
export function decodeCursor(cursor: string, verb: string, of: string): ListPosition {
  const [ofOther, fromMs, atMs, runId] = readCursor(cursor);
  if (!Number.isSafeInteger(fromMs) || !Number.isSafeInteger(atMs) || typeof runId !== 'string') {
    throw new RangeError(
      `cursor must be one that ${verb} answered, unchanged, got '${cursor}'; leave it out for the first page`,
    );
  }
  if (ofOther !== of) {
    throw new RangeError(`cursor belongs to a listing of task '${ofOther}', not of '${of}'`);
  }
  return { of, fromMs: Number(fromMs), after: { atMs: Number(atMs), runId } };
}

/** What a cursor says, for whoever knows what that must be. */
export function cursorOf(fields: readonly unknown[]): string {
  return Buffer.from(JSON.stringify(fields)).toString('base64url');
}

/** @returns no fields when it is no cursor at all */
export function readCursor(cursor: string): readonly unknown[] {
  try {
    const fields: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    return Array.isArray(fields) ? fields : [];
  } catch {
    return []; // No JSON: not one of ours, which the caller reports.
  }
}
