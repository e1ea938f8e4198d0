import { parse } from 'csv-parse/sync';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { type CsvOptions, csv } from '../../../lambda/export/csv.ts';

/** All of it in one page. */
function toCsv(rows: readonly object[], options?: CsvOptions): string {
  const format = csv(options);
  const { chunk, state } = format.begin(rows);
  return `${chunk}${format.rows(rows, state, 0).chunk}${format.end(state, rows.length)}`;
}

test('whatever a row has in it, an independent reader reads it back', () => {
  const field = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: fc.constantFrom('"', ',', '\r', '\n', "'", ';', '\t', ' ', '😀', 'é', '\uFEFF') }),
    fc.double().map(String),
  );
  void fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 4 }),
      fc.array(fc.array(field, { minLength: 4 }), { minLength: 1 }),
      (width, table) => {
        const columns = ['a', 'b', 'c', 'd'].slice(0, width);
        const rows = table.map(values =>
          Object.fromEntries(columns.map((name, index) => [name, values[index]])),
        );
        const read = parse(toCsv(rows, { columns, guardFormulas: false }), {
          columns: true,
          skip_empty_lines: true,
        });
        expect(read).toEqual(rows.map(row => ({ ...row })));
      },
    ),
  );
});

test('lines end with a carriage return and a line feed', () => {
  expect(toCsv([{ a: 1, b: 'x' }])).toBe('a,b\r\n1,x\r\n');
});

test.each([
  ['=1+1', "'=1+1"],
  ['+cmd', "'+cmd"],
  ['-cmd', "'-cmd"],
  ['@sum', "'@sum"],
  ['\tx', "'\tx"],
  ['\rx', '"\'\rx"'],
  ['\nx', '"\'\nx"'],
  ['\0x', "'\0x"],
  ['＝1+1', "'＝1+1"],
  ['＋cmd', "'＋cmd"],
  ['－cmd', "'－cmd"],
  ['＠sum', "'＠sum"],
  ['\uFEFF=1+1', "'\uFEFF=1+1"],
  [{ toJSON: () => '=1+1' }, "'=1+1"],
  [{ toJSON: () => '-12.5' }, '-12.5'],
  ['-12.5', '-12.5'],
  ['+1e3', '+1e3'],
  ['-.5', '-.5'],
  ['-', "'-"],
  ['-1-1', "'-1-1"],
  ['a=1', 'a=1'],
  [-3, '-3'],
  [-3n, '-3'],
])('the field %s is written as %s', (value, expected) => {
  expect(toCsv([{ a: 'x', b: value }])).toBe(`a,b\r\nx,${expected}\r\n`);
});

test('a header that is a formula is guarded, too', () => {
  expect(toCsv([{ '=a': 1 }])).toBe("'=a\r\n1\r\n");
});

test('without the guard, formulas are left as they are', () => {
  expect(toCsv([{ a: '=1+1' }], { guardFormulas: false })).toBe('a\r\n=1+1\r\n');
});

test.each([
  [null],
  [undefined],
  [Number.NaN],
  [Number.POSITIVE_INFINITY],
  [Number.NEGATIVE_INFINITY],
  [new Date(Number.NaN)],
  [Symbol('x')],
  [{ toJSON: () => undefined }],
  [{ toJSON: () => null }],
])('%s is an empty field', value => {
  expect(toCsv([{ a: 1, b: value }])).toBe('a,b\r\n1,\r\n');
});

test('dates are ISO 8601, objects are JSON, half a character is U+FFFD', () => {
  expect(toCsv([{ a: new Date(0), b: { c: [1] }, d: '\uD800' }])).toBe(
    'a,b,d\r\n1970-01-01T00:00:00.000Z,"{""c"":[1]}",\uFFFD\r\n',
  );
});

test('an object whose JSON is a text is that text', () => {
  expect(toCsv([{ a: new URL('https://example.com/'), b: { toJSON: () => 'half \uD800' } }])).toBe(
    'a,b\r\nhttps://example.com/,half \uFFFD\r\n',
  );
});

test('declared columns are all that is written, under their headers', () => {
  const columns = { b: 'Second', a: 'First' };
  expect(toCsv([{ a: 1, b: 2, c: 3 }, { a: 4 }], { columns })).toBe('Second,First\r\n2,1\r\n,4\r\n');
});

test('columns of the first page are those of all its rows', () => {
  expect(toCsv([{ a: 1 }, { b: 2 }])).toBe('a,b\r\n1,\r\n,2\r\n');
});

test('fails on a later field that the first page had not, naming the row', () => {
  const format = csv();
  const { state } = format.begin([{ a: 1 }]);
  expect(() => format.rows([{ a: 1 }, { a: 2, z: 3 }], state, 5)).toThrow(
    "Row 7 has a field 'z', which the first page had not: it had a. Declare the columns: csv({ columns: […] })",
  );
});

test('an empty export has the header of its declared columns, or nothing', () => {
  expect(toCsv([], { columns: ['a', 'b'] })).toBe('a,b\r\n');
  expect(toCsv([])).toBe('');
});

test('a byte order mark comes first', () => {
  expect(toCsv([{ a: 1 }], { byteOrderMark: true })).toBe('\uFEFFa\r\n1\r\n');
});

test.each([
  [[], 'columns must name at least one column, and each once, got none'],
  [['a', 'a'], "columns must name at least one column, and each once, got 'a' twice"],
])('refuses the columns %j', (columns, message) => {
  expect(() => csv({ columns })).toThrow(message);
});
