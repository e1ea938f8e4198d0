import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from 'vitest';
import { BEHAVIOURS } from './parity/behaviours.ts';
import { REFUSAL_SHOWN_BY, SHOWN_BY } from './parity/operations.ts';
import { type Parity, readParity, renderPage } from './parity/page.ts';

const pathOf = (relative: string) => fileURLToPath(new URL(`../../${relative}`, import.meta.url));
const textOf = (test: string) => readFile(pathOf(`test/${test}`), 'utf8');

let parity: Parity;
beforeAll(async () => {
  parity = await readParity();
});

test('docs/local-parity.md is what npm run docs:parity writes', async () => {
  expect(await readFile(pathOf('docs/local-parity.md'), 'utf8')).toBe(renderPage(parity));
});

test('no operation is unknown', () => {
  const unknown = Object.entries(parity.operations).flatMap(([service, { rows }]) =>
    rows.filter(({ verdict }) => verdict === 'unknown').map(({ what }) => `${service}: ${what}`),
  );
  expect(unknown).toEqual([]);
});

test('no operation is listed that nothing dispatches', () => {
  const served = Object.values(parity.operations).flatMap(({ rows }) => rows.map(({ what }) => what));
  const listed = Object.values(SHOWN_BY).flatMap(shown => Object.keys(shown));
  expect(listed.filter(operation => !served.includes(operation))).toEqual([]);
});

test('no property is listed that CloudFormation does not have', () => {
  const unheardOf = parity.types.flatMap(({ type, unheardOf }) => unheardOf.map(name => `${type}.${name}`));
  expect(unheardOf).toEqual([]);
});

test('every behaviour names a test that exists', () => {
  const tests = [
    ...Object.values(BEHAVIOURS)
      .flat()
      .map(row => row.test),
    ...Object.values(REFUSAL_SHOWN_BY),
  ];
  expect(tests.filter(one => one === undefined || !existsSync(pathOf(`test/${one}`)))).toEqual([]);
});

test('every operation is shown by a test that calls it', async () => {
  const missing: string[] = [];
  for (const { rows } of Object.values(parity.operations)) {
    for (const { what, test: file = '' } of rows) {
      const method = `${what.charAt(0).toLowerCase()}${what.slice(1)}`;
      const called = new RegExp(`\\b(${what}Command|${method})\\(`);
      if (!called.test(await textOf(file))) missing.push(`${what} in ${file}`);
    }
  }
  expect(missing).toEqual([]);
});

test('what is the same as in AWS is shown by a test that says where AWS says so', async () => {
  const same = Object.values(BEHAVIOURS)
    .flat()
    .filter(({ verdict }) => verdict === 'same')
    .map(({ test: file = '' }) => file);
  const withoutSource: string[] = [];
  for (const file of new Set(same)) if (!SOURCE.test(await textOf(file))) withoutSource.push(file);
  expect(withoutSource).toEqual([]);
});

/** AWS's own words, or those of a specification. */
const SOURCE = /https:\/\/(docs\.aws\.amazon\.com|aws\.amazon\.com|github\.com\/aws|states-language\.net)\//;
