import { expect, test } from 'vitest';
import { csv } from '../../../lambda/export/csv.ts';
import { newFolder, targetOf } from '../../../lambda/export/export-target.ts';

const target = (over: object) =>
  targetOf('orders', { tenant: () => 'acme', format: csv(), ...over }, undefined);

test('a file is under its export, tenant and run, and never where another was', () => {
  const [first, second] = [newFolder(target({}), 'run-1'), newFolder(target({}), 'run-1')];
  expect(first).toMatch(/^exports\/orders\/acme\/run-1\/[0-9a-f]{12}\/$/);
  expect(first).not.toBe(second);
});

test('its extension is the format’s, and says that it is compressed', () => {
  const gzip = [undefined, true, () => false, () => true];
  expect(gzip.map(given => target({ gzip: given }).extension)).toEqual(['csv', 'csv.gz', 'csv', 'csv.gz']);
});

test('a file is named after its export, but when it is said', () => {
  expect(target({}).fileName).toBe('orders');
  expect(target({ fileName: () => 'orders-of-june' }).fileName).toBe('orders-of-june');
});

test.each([
  'a/b',
  '..',
  'a..b',
  '.a',
  '',
  'a\nb',
  'a\u0000b',
  'é',
  'x'.repeat(129),
  7,
  undefined,
])('refuses the tenant %j, and such a file name', id => {
  expect(() => target({ tenant: () => id })).toThrow('tenant must be 1 to 128');
  if (id !== undefined) expect(() => target({ fileName: () => id })).toThrow('fileName must be 1 to 128');
});

test.each([
  [undefined, 'undefined'],
  ['csv', '"csv"'],
  [{ contentType: 'text/csv' }, '{"contentType":"text/csv"}'],
])('refuses the format %j', (format, got) => {
  expect(() => target({ format: () => format })).toThrow(
    `format must be csv(), ndjson(), jsonArray() or an object like them, got ${got}; let the request's schema`,
  );
});
