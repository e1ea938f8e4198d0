import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import type { Figure } from '../../bench/harness/figure.ts';
import { withFigures } from '../../bench/harness/readme-figures.ts';

const read = (file: string) => readFile(new URL(`../../${file}`, import.meta.url), 'utf8');
const readResults = async () => JSON.parse(await read('bench/results.json')) as readonly Figure[];

test('the README states the figures that the bench has written', async () => {
  const readme = await read('README.md');

  expect(withFigures(readme, await readResults())).toBe(readme);
});

test.each(['README.md', 'docs/costs.md'])('%s states the measured cost of a million tasks', async file => {
  const text = await read(file);

  for (const name of ['cost-per-million-tasks-lean-usd', 'cost-per-million-tasks-default-usd']) {
    const figure = (await readResults()).find(result => result.name === name);
    expect(text).toContain(`**${file === 'README.md' ? '$' : ''}${figure?.value}**`);
  }
});

test('bench/README.md says of each goal that is not met why, and of no other', async () => {
  const [, reasons = ''] = (await read('bench/README.md')).split('## Goals that are not met, and why');

  const explained = [...reasons.matchAll(/^- \*\*`([-\w]+)`\*\*, (\d+(?:\.\d+)?)/gm)].map(
    ([, name, value]) => ({
      name,
      value: Number(value),
    }),
  );
  const missed = (await readResults()).filter(({ met }) => met === false);
  expect(explained).toEqual(missed.map(({ name, value }) => ({ name, value })));
});

test('what is measured is what the bench describes', async () => {
  const text = await read('bench/README.md');

  const undescribed = (await readResults()).filter(
    ({ name, goal }) => goal !== null && !text.includes(`\`${name}\``) && !text.includes(nameInFamily(name)),
  );
  expect(undescribed).toEqual([]);
});

/** `-default-usd`, of two that are described together. */
function nameInFamily(name: string): string {
  return `\`${name.slice(name.lastIndexOf('-', name.lastIndexOf('-') - 1))}\``;
}
