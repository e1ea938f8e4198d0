/** Medians over the rounds; `ratio` is the median of each round's own ratio, a over b. */
export interface Comparison {
  readonly a: number;
  readonly b: number;
  readonly ratio: number;
}

/**
 * Measures two things in turns, the first of each round changing, so that what else the machine does falls on both.
 * Round 0 warms up and does not count.
 */
export async function takeTurns(
  rounds: number,
  measureA: () => Promise<number>,
  measureB: () => Promise<number>,
): Promise<Comparison> {
  const values: { a: number; b: number }[] = [];
  for (let round = 0; round <= rounds; round++) {
    let a = round % 2 === 0 ? await measureA() : 0;
    const b = await measureB();
    if (round % 2 === 1) a = await measureA();
    if (round > 0) values.push({ a, b });
  }
  return {
    a: median(values.map(({ a }) => a)),
    b: median(values.map(({ b }) => b)),
    ratio: median(values.map(({ a, b }) => a / b)),
  };
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted[Math.floor(sorted.length / 2)];
  if (middle === undefined) throw new RangeError('the median of no values');
  return middle;
}
