import { NonRetryableError } from '../../contract/errors.ts';
import type { ExportFormat } from './export-format.ts';

/** A row a line, in JSON: what is undefined is left out, and NaN is null. */
export function ndjson(): ExportFormat<null> {
  return {
    contentType: 'application/x-ndjson',
    extension: 'ndjson',
    begin: () => ({ chunk: '', state: null }),
    rows: (rows, state, rowsBefore) => ({
      chunk: rows.map((row, index) => `${toJson(row, rowsBefore + index)}\n`).join(''),
      state,
    }),
    end: () => '',
  };
}

/** One JSON array, a row a line. */
export function jsonArray(): ExportFormat<null> {
  return {
    contentType: 'application/json',
    extension: 'json',
    begin: () => ({ chunk: '[', state: null }),
    rows(rows, state, rowsBefore) {
      const lines = rows.map(
        (row, index) => `${rowsBefore + index === 0 ? '\n' : ',\n'}${toJson(row, rowsBefore + index)}`,
      );
      return { chunk: lines.join(''), state };
    },
    end: () => '\n]\n',
  };
}

function toJson(row: object, rowsBefore: number): string {
  let why = 'its toJSON answers nothing';
  try {
    const json = JSON.stringify(row) as string | undefined;
    if (json !== undefined) return json;
  } catch (cause) {
    why = String(cause);
  }
  throw new NonRetryableError(
    `Row ${rowsBefore + 1} is nothing in JSON (${why}): answer plain data, a bigint as a text for one`,
  );
}
