import { NonRetryableError } from '../../contract/errors.ts';

/** How rows become a file. `csv()`, `ndjson()` and `jsonArray()` are there; any object like them is another. */
export interface ExportFormat<State = unknown> {
  readonly contentType: string;
  /** Of the file's name, without a dot. */
  readonly extension: string;
  /** Called once: with the first rows, or with none when the export is empty. They are then given to `rows`, too. */
  begin(firstRows: readonly object[]): Written<State>;
  /** @param rowsBefore rows that have been written */
  rows(rows: readonly object[], state: State, rowsBefore: number): Written<State>;
  /** @param rowsInAll rows that have been written */
  end(state: State, rowsInAll: number): Chunk | Promise<Chunk>;
}

/** A piece of the file: text in UTF-8, or bytes. */
export type Chunk = string | Uint8Array;

export interface Written<State> {
  readonly chunk: Chunk;
  /** What the next call is given. It is JSON, for that may be in another process. */
  readonly state: State;
}

/** What a request asks for, a map of formats may not have. @throws NonRetryableError when it is none */
export function checkFormat(format: unknown): ExportFormat {
  if (isFormat(format)) return format;
  throw new NonRetryableError(
    `format must be csv(), ndjson(), jsonArray() or an object like them, got ${JSON.stringify(format) ?? typeof format}; let ` +
      "the request's schema refuse what there is no format for",
  );
}

function isFormat(value: unknown): value is ExportFormat {
  if (typeof value !== 'object' || value === null) return false;
  const { contentType, extension, begin, rows, end } = value as Partial<Record<keyof ExportFormat, unknown>>;
  return (
    typeof contentType === 'string' &&
    typeof extension === 'string' &&
    [begin, rows, end].every(call => typeof call === 'function')
  );
}
