import { NonRetryableError } from '../../contract/errors.ts';
import type { Position } from './checkpoint.ts';
import { watchCursor } from './cursor-watch.ts';
import type { ExportFormat } from './export-format.ts';
import type { PartBuffer } from './part-buffer.ts';

/** What `readPage` answers. */
export interface Page<Row extends object = object, Cursor = unknown> {
  readonly rows: readonly Row[];
  /** Of the next page, as JSON can have it; none after the last one. */
  readonly nextCursor?: Cursor | null | undefined;
  /** Rows that there will be in all, when that is known: progress is a fraction of it. */
  readonly total?: number | undefined;
}

/** One text of so many rows is half as fast again as one a row, and a text of all would be too large. */
const ROWS_AT_A_TIME = 1000;

/** Writes a page, and what the file begins and ends with. @returns the position behind it */
export async function writePage(
  format: ExportFormat,
  buffer: PartBuffer,
  before: Position,
  page: Page,
): Promise<Position> {
  const { rows, nextCursor = null, total = before.total } = page;
  checkRows(rows, before);
  const done = nextCursor === null;
  const begun = rows.length > 0 || done ? await writeRows(format, buffer, before, rows) : before.format;
  const rowsInAll = before.rows + rows.length;
  if (done && begun) await buffer.write(await format.end(begun.state, rowsInAll));
  return {
    ...(!done && nextPage(before, nextCursor)),
    pages: before.pages + 1,
    rows: rowsInAll,
    ...(total !== undefined && { total }),
    ...(begun && { format: begun }),
    done,
  };
}

async function writeRows(
  format: ExportFormat,
  buffer: PartBuffer,
  before: Position,
  rows: readonly object[],
): Promise<NonNullable<Position['format']>> {
  let { format: begun } = before;
  if (begun === undefined) {
    const { chunk, state } = format.begin(rows);
    await buffer.write(chunk);
    begun = { state };
  }
  for (let index = 0; index < rows.length; index += ROWS_AT_A_TIME) {
    const some = rows.slice(index, index + ROWS_AT_A_TIME);
    const { chunk, state } = format.rows(some, begun.state, before.rows + index);
    await buffer.write(chunk);
    begun = { state };
  }
  return begun;
}

/** A cursor is what its JSON is, whether the next page is read here or in another process. */
function nextPage({ watch, pages }: Position, cursor: unknown): Pick<Position, 'cursor' | 'watch'> {
  const json = jsonOf(cursor);
  // As null, NaN for one, it would be that of the first page.
  if (json !== undefined && json !== 'null') {
    return { cursor: JSON.parse(json) as unknown, watch: watchCursor(watch, json) };
  }
  const got = json === undefined ? describe(cursor) : `${String(cursor)}, which is null there`;
  throw new NonRetryableError(
    `nextCursor must be something that JSON can have, or nothing after the last page, got ${got}, on page ${pages + 1}`,
  );
}

function jsonOf(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}

function checkRows(rows: unknown, { pages, rows: rowsBefore }: Position): void {
  const wrong = Array.isArray(rows) ? rows.findIndex(row => !isRow(row)) : undefined;
  if (wrong === -1) return;
  const got =
    wrong === undefined
      ? `${describe(rows)} as rows`
      : `${describe((rows as unknown[])[wrong])} as row ${rowsBefore + wrong + 1}`;
  throw new NonRetryableError(
    `readPage must answer { rows: [objects], nextCursor }, got ${got}, on page ${pages + 1}`,
  );
}

function isRow(row: unknown): boolean {
  return typeof row === 'object' && row !== null && !Array.isArray(row);
}

function describe(value: unknown): string {
  return jsonOf(value)?.slice(0, 100) ?? typeof value;
}
