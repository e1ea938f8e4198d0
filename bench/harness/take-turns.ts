/** Medians over the rounds; `ratio` is the median of each round's own ratio, a over b. */
export interface Comparison {
  readonly a: number;
  readonly b: number;
  readonly ratio: number;
}

/** Two things by `allTakeTurns`. */
export async function takeTurns(
  rounds: number,
  measureA: () => Promise<number>,
  measureB: () => Promise<number>,
): Promise<Comparison> {
  const { a, b } = await allTakeTurns(rounds, { a: measureA, b: measureB });
  return compare(a, b);
}

/**
 * Measures things in turns, in an order that changes with each round, so that what else the machine does falls on all,
 * and all have run for equally long. Round 0 warms up and does not count.
 *
 * @returns the values of each, by round
 */
export async function allTakeTurns<Name extends string>(
  rounds: number,
  measures: Readonly<Record<Name, () => Promise<number>>>,
): Promise<Readonly<Record<Name, readonly number[]>>> {
  const names = Object.keys(measures) as Name[];
  const values = Object.fromEntries(names.map(name => [name, []])) as unknown as Record<Name, number[]>;
  for (let round = 0; round <= rounds; round++) {
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      const value = await measures[name]();
      if (round > 0) values[name].push(value);
    }
  }
  return values;
}

export function compare(a: readonly number[], b: readonly number[]): Comparison {
  return {
    a: median(a),
    b: median(b),
    ratio: median(a.map((value, round) => value / (b[round] ?? Number.NaN))),
  };
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted[Math.floor(sorted.length / 2)];
  if (middle === undefined) throw new RangeError('the median of no values');
  return middle;
}
