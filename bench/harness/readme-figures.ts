import type { Figure } from './figure.ts';

const BEGIN = '<!-- figures: written by npm run bench -->\n';
const END = '<!-- /figures -->';

/** The README with the table of what was measured: the figures that have a goal. */
export function withFigures(readme: string, figures: readonly Figure[]): string {
  const [before, rest] = readme.split(BEGIN);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined) {
    throw new Error(`The README has no place for the figures: it needs the lines ${BEGIN.trim()} and ${END}`);
  }
  return `${before}${BEGIN}\n${table(figures)}\n${END}${after}`;
}

function table(figures: readonly Figure[]): string {
  const rows = figures.flatMap(({ name, value, unit, goal, met }) =>
    goal === null ? [] : `| \`${name}\` | ${written(value, unit)} | ${goal} | ${met ? 'yes' : '**no**'} |\n`,
  );
  return `| figure | measured | goal | met |\n| --- | --- | --- | --- |\n${rows.join('')}`;
}

function written(value: number, unit: string): string {
  return unit === 'ratio' ? String(value) : `${value} ${unit}`;
}
