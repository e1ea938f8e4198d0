/** How the engine compares with AWS. */
export type Verdict = 'same' | 'differs' | 'refused';

export interface Row {
  readonly what: string;
  /** `unknown` when nobody has said: the page is not complete then. */
  readonly verdict: Verdict | 'unknown';
  readonly note?: string;
  /** The test that shows it, below `test/`. */
  readonly test?: string;
}

/** `[test, note]` of an operation; with a note it differs, without one it is the same. */
export type Shown = string | readonly [test: string, differs: string];

export function rowOf(what: string, shown: Shown | undefined): Row {
  if (shown === undefined) return { what, verdict: 'unknown' };
  if (typeof shown === 'string') return { what, verdict: 'same', test: shown };
  const [test, note] = shown;
  return { what, verdict: 'differs', note, test };
}

export function same(what: string, test: string, note?: string): Row {
  return { what, verdict: 'same', test, ...(note && { note }) };
}

export function differs(what: string, test: string, note: string): Row {
  return { what, verdict: 'differs', test, note };
}

export function refused(what: string, test: string, note?: string): Row {
  return { what, verdict: 'refused', test, ...(note && { note }) };
}
