const UNIT_MS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

type Unit = keyof typeof UNIT_MS;

/** A length of time in a task's policy: a number and one of `ms`, `s`, `m`, `h`, `d`, such as `'30s'` or `'1.5h'`. */
export type DurationString = `${number}${Unit}`;

/**
 * @param what the option's name, for the message
 * @returns milliseconds, 0 or more
 * @throws RangeError when `text` is not a duration
 */
export function parseDuration(text: string, what: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text);
  if (match?.[1] === undefined) {
    throw new RangeError(
      `${what} must be a number followed by ms, s, m, h or d, such as '30s' or '1.5h'; got '${text}'`,
    );
  }
  return Math.round(Number(match[1]) * UNIT_MS[match[2] as Unit]);
}

/** The shortest exact form, for messages: 90000 is `90s`, 3600000 is `1h`. */
export function formatDuration(ms: number): DurationString {
  const unit = (['d', 'h', 'm', 's'] as const).find(candidate => ms > 0 && ms % UNIT_MS[candidate] === 0);
  return unit ? `${ms / UNIT_MS[unit]}${unit}` : `${ms}ms`;
}
