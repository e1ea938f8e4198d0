import { stringify } from 'csv-stringify/sync';
import { NonRetryableError } from '../../contract/errors.ts';
import type { ExportFormat } from './export-format.ts';

export interface CsvOptions {
  /**
   * Fields of the rows, in the order of the file; with an object, its values are the headers. What else rows have is left
   * out.
   * @default the fields of the first page; a later row that has another one fails the export
   */
  readonly columns?: readonly string[] | Readonly<Record<string, string>>;
  /**
   * Whether a text that a spreadsheet would run as a formula gets a leading `'`: one that starts with `=`, `+`, `-`, `@`,
   * one of these in full width, a tab, a line break or a null character, and is no plain number.
   * @default true
   */
  readonly guardFormulas?: boolean;
  /**
   * Whether the file begins with U+FEFF, by which Excel knows UTF-8.
   * @default false
   */
  readonly byteOrderMark?: boolean;
}

/** JSON: it goes from one invocation to the next. */
interface CsvState {
  readonly fields: readonly string[];
  /** Columns were declared: rows may have more fields. */
  readonly declared: boolean;
}

/**
 * Comma-separated values after RFC 4180, in UTF-8. Null, undefined, NaN and the infinities are empty fields; dates are
 * ISO 8601; objects and arrays are JSON, but those whose JSON is a text are that text.
 *
 * @throws RangeError when `columns` is empty, or has a column twice
 */
export function csv(options: CsvOptions = {}): ExportFormat<CsvState> {
  const { guardFormulas = true, byteOrderMark = false } = options;
  const declared = options.columns && columnsOf(options.columns);
  const toField = (value: unknown) => fieldOf(value, guardFormulas);
  return {
    contentType: 'text/csv; charset=utf-8',
    extension: 'csv',
    begin(firstRows) {
      const columns =
        declared ?? [...new Set(firstRows.flatMap(Object.keys))].map(name => [name, name] as const);
      const fields = columns.map(([field]) => field);
      const head = fields.length > 0 ? lines([columns.map(([, header]) => toField(header))]) : '';
      return {
        chunk: (byteOrderMark ? '\uFEFF' : '') + head,
        state: { fields, declared: declared !== undefined },
      };
    },
    rows(rows, state, rowsBefore) {
      const { fields, declared } = state;
      if (!declared) refuseOtherFields(rows, fields, rowsBefore);
      return { chunk: lines(rows.map(row => fields.map(field => toField(Reflect.get(row, field))))), state };
    },
    end: () => '',
  };
}

function columnsOf(columns: NonNullable<CsvOptions['columns']>): readonly (readonly [string, string])[] {
  const entries = Array.isArray(columns)
    ? columns.map((name: string) => [name, name] as const)
    : Object.entries(columns as Record<string, string>);
  const twice = entries.find(([name], index) => entries.findIndex(([other]) => other === name) < index);
  if (entries.length > 0 && !twice) return entries;
  throw new RangeError(
    `columns must name at least one column, and each once, got ${twice ? `'${twice[0]}' twice` : 'none'}`,
  );
}

function lines(records: readonly (readonly string[])[]): string {
  return stringify(records as string[][], {
    record_delimiter: 'windows',
    // It looks for the whole record delimiter only, and many a reader ends a line at either half of it.
    quoted_match: /[\r\n]/,
    // A line with nothing on it is no record to many a reader.
    quoted_empty: records[0]?.length === 1,
  });
}

function refuseOtherFields(rows: readonly object[], fields: readonly string[], rowsBefore: number): void {
  const known = new Set(fields);
  for (const [index, row] of rows.entries()) {
    const other = Object.keys(row).find(field => !known.has(field));
    if (other === undefined) continue;
    throw new NonRetryableError(
      `Row ${rowsBefore + index + 1} has a field '${other}', which the first page had not: it had ${fields.join(', ')}. ` +
        'Declare the columns: csv({ columns: […] })',
    );
  }
}

/** https://owasp.org/www-community/attacks/CSV_Injection; a byte order mark is not seen, at the beginning of a file. */
const FORMULA = /^\uFEFF?[=+\-@\t\r\n\0\uFF1D\uFF0B\uFF0D\uFF20]/;
const PLAIN_NUMBER = /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/;

function fieldOf(value: unknown, guardFormulas: boolean): string {
  const text = textOf(value);
  return guardFormulas && FORMULA.test(text) && !PLAIN_NUMBER.test(text) ? `'${text}` : text;
}

function textOf(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return value.toWellFormed();
    case 'number':
      return Number.isFinite(value) ? String(value) : '';
    case 'bigint':
    case 'boolean':
      return String(value);
    case 'object':
      if (value === null) return '';
      if (value instanceof Date) return Number.isNaN(value.getTime()) ? '' : value.toISOString();
      return textOfObject(value);
    default:
      return '';
  }
}

/** Whatever has a `toJSON`, a decimal or an id for one, may be a text, or nothing at all. */
function textOfObject(value: object): string {
  const json = JSON.stringify(value) as string | undefined;
  if (json === undefined || json === 'null') return '';
  return (json.startsWith('"') ? String(JSON.parse(json)) : json).toWellFormed();
}
