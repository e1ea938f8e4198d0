import type { StepClock } from './step-clock.ts';

/** What happened, for people who read why a promise was broken. */
export interface History {
  /**
   * @param what is put into words only when somebody reads it
   * @param about holds the ids of the runs that it concerns; without it, it concerns all
   */
  note(who: string, what: string | (() => string), about?: unknown): void;
  /** A line an event. */
  of(runId: string): string;
}

export function createHistory(clock: StepClock): History {
  const entries: {
    readonly atMs: number;
    readonly who: string;
    readonly what: string | (() => string);
    readonly about: unknown;
  }[] = [];
  return {
    note: (who, what, about) => void entries.push({ atMs: clock.elapsed(), who, what, about }),
    of: runId =>
      entries
        .filter(({ about }) => about === undefined || JSON.stringify(about).includes(runId))
        .map(({ atMs, who, what }) => {
          const seconds = (atMs / 1000).toFixed(3).padStart(10);
          return `${seconds}s  ${who.padEnd(12)} ${typeof what === 'string' ? what : what()}`;
        })
        .join('\n'),
  };
}
