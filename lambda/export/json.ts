import type { ExportFormat } from './export-format.ts';

/** A row a line, in JSON: what is undefined is left out, and NaN is null. */
export function ndjson(): ExportFormat<null> {
  return {
    contentType: 'application/x-ndjson',
    extension: 'ndjson',
    begin: () => ({ chunk: '', state: null }),
    rows: rows => ({ chunk: rows.map(row => `${JSON.stringify(row)}\n`).join(''), state: null }),
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
        (row, index) => `${rowsBefore + index === 0 ? '\n' : ',\n'}${JSON.stringify(row)}`,
      );
      return { chunk: lines.join(''), state };
    },
    end: () => '\n]\n',
  };
}
