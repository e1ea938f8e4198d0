import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nextTimes } from '../../../contract/schedule/next-times.ts';
import { parseSchedule } from '../../../contract/schedule/schedule.ts';
import { anyCron, type CronMeaning } from './cron-arbitraries.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const WINDOW_MS = 3 * DAY_MS;

/** Zones with a change of their clocks in them; a day before it is where a window begins. */
const changes = fc.constantFrom(
  ['Europe/Paris', '2026-03-28'],
  ['Europe/Paris', '2026-10-24'],
  ['America/New_York', '2026-03-07'],
  ['America/New_York', '2026-10-31'],
  ['Australia/Sydney', '2026-10-03'],
  ['Australia/Sydney', '2026-04-04'],
  ['Australia/Lord_Howe', '2026-10-02'],
  ['Australia/Lord_Howe', '2026-04-03'],
  ['America/Santiago', '2026-09-05'],
  ['Africa/Casablanca', '2026-02-14'],
  ['Asia/Kathmandu', '2026-11-29'],
  ['Pacific/Apia', '2011-12-29'],
  ['UTC', '2028-02-28'],
);
const anyMoment = fc
  .tuple(changes, fc.integer({ min: -600, max: 2000 }))
  .map(([[timeZone = '', day = ''], minutes]) => ({
    timeZone,
    after: new Date(Date.parse(`${day}T00:00Z`) + minutes * MINUTE_MS),
  }));

/** Looks at the clock every minute, and knows nothing of offsets: what it shows again, it has shown. */
function oracle({ holds }: CronMeaning, timeZone: string, after: Date): string[] {
  const clock = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' });
  const shown = new Set<string>();
  const times: string[] = [];
  const firstMinute = Math.floor(after.getTime() / MINUTE_MS) * MINUTE_MS;
  for (let time = firstMinute - DAY_MS; time <= after.getTime() + WINDOW_MS; time += MINUTE_MS) {
    const text = clock.format(time);
    if (shown.has(text)) continue;
    shown.add(text);
    const [year = 0, month = 0, day = 0, hour = 0, minute = 0] = text.split(/\D/).map(Number);
    if (time > after.getTime() && holds({ year, month, day }, hour, minute))
      times.push(new Date(time).toISOString());
  }
  return times;
}

describe('the next times of any cron', () => {
  it('are those of a clock that is looked at every minute', () => {
    fc.assert(
      fc.property(anyCron, anyMoment, (cron, { timeZone, after }) => {
        const end = new Date(after.getTime() + WINDOW_MS);

        const times = nextTimes(parseSchedule(cron.expression, timeZone), { after, count: 5000, end });

        expect(times.map(time => time.toISOString())).toEqual(oracle(cron, timeZone, after));
      }),
      { numRuns: 150 },
    );
  });

  it('increase, each after the moment that was asked about, and match the expression', () => {
    fc.assert(
      fc.property(anyCron, anyMoment, (cron, { timeZone, after }) => {
        const times = nextTimes(parseSchedule(cron.expression, timeZone), { after, count: 20 });

        for (const [index, time] of times.entries()) {
          expect(time.getTime()).toBeGreaterThan((times[index - 1] ?? after).getTime());
          const text = new Intl.DateTimeFormat('sv-SE', {
            timeZone,
            dateStyle: 'short',
            timeStyle: 'short',
          }).format(time);
          const [year = 0, month = 0, day = 0, hour = 0, minute = 0] = text.split(/\D/).map(Number);
          expect(cron.holds({ year, month, day }, hour, minute)).toBe(true);
        }
      }),
    );
  });

  it('are the same when they are asked for one by one', () => {
    fc.assert(
      fc.property(anyCron, anyMoment, (cron, { timeZone, after }) => {
        const schedule = parseSchedule(cron.expression, timeZone);
        const oneByOne: Date[] = [];
        for (let last = after; oneByOne.length < 10; ) {
          const [next] = nextTimes(schedule, { after: last, count: 1 });
          if (!next) break;
          oneByOne.push(next);
          last = next;
        }

        expect(oneByOne).toEqual(nextTimes(schedule, { after, count: 10 }));
      }),
    );
  });
});

describe('the next times of any rate', () => {
  it('are its interval apart, from its start, and after the moment that was asked about', () => {
    const units = fc.constantFrom(['minute', 60_000], ['hour', 3_600_000], ['day', 86_400_000] as const);
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 500 }),
        units,
        anyMoment,
        fc.integer({ min: -1e9, max: 1e9 }),
        (value, [unit, unitMs], { after }, offset) => {
          const start = new Date(after.getTime() + offset);
          const everyMs = value * Number(unitMs);

          const times = nextTimes(
            parseSchedule(`rate(${value} ${unit}${value === 1 ? '' : 's'})`, undefined),
            {
              after,
              count: 5,
              start,
            },
          ).map(time => time.getTime());

          const first = times[0] ?? 0;
          expect(times).toEqual([0, 1, 2, 3, 4].map(index => first + index * everyMs));
          expect((first - start.getTime()) % everyMs).toBe(0);
          expect(first).toBeGreaterThan(after.getTime());
          expect(first === start.getTime() || first - everyMs <= after.getTime()).toBe(true);
        },
      ),
    );
  });
});
