/** One line of `bench/results.json`. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** Such as `≤ 2`; null for a figure that is tracked without a goal. */
  readonly goal: string | null;
  readonly met: boolean | null;
  /** How it was measured, and what it was measured against. */
  readonly how: string;
}

interface Measured {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly how: string;
}

export function atMost(limit: number, measured: Measured): Figure {
  return { ...measured, value: rounded(measured.value), goal: `≤ ${limit}`, met: measured.value <= limit };
}

export function atLeast(limit: number, measured: Measured): Figure {
  return { ...measured, value: rounded(measured.value), goal: `≥ ${limit}`, met: measured.value >= limit };
}

export function tracked(measured: Measured): Figure {
  return { ...measured, value: rounded(measured.value), goal: null, met: null };
}

/** For the reader; goals are judged by what was measured. To three digits, whole above a hundred. */
function rounded(value: number): number {
  return Math.abs(value) >= 100 ? Math.round(value) : Number(value.toPrecision(3));
}
