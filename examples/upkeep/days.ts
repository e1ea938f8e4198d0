const DAY_MS = 86_400_000;

/**
 * The day in UTC, so many days before a moment: `2030-01-31`.
 *
 * The moment is to be the one that was due, not now: a run that comes late, or again, is about the same days.
 */
export function dayBefore(moment: Date, days: number): string {
  return new Date(moment.getTime() - days * DAY_MS).toISOString().slice(0, 10);
}
