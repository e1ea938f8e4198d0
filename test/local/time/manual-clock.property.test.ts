import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { TimedProcess, Timer } from '../../../local/clock.ts';
import { createManualClock } from '../../../local/time/manual-clock.ts';

const START = Date.UTC(2030, 0, 1);
const DAY = 86_400_000;

/** A timer, what it sets when it fires, and which of the timers that were set before it cancels then. */
interface Plan {
  readonly delayMs: number;
  readonly sets: readonly Plan[];
  readonly cancels: readonly number[];
}

// Few different delays, so that many are due at one time.
const delay = fc.oneof(fc.constantFrom(0, 1, 1000), fc.integer({ min: 0, max: 40 * DAY }));
function plans(depth: number): fc.Arbitrary<Plan[]> {
  const sets = depth > 0 ? plans(depth - 1) : fc.constant([]);
  const cancels = fc.array(fc.nat(30), { maxLength: 2 });
  return fc.array(fc.record({ delayMs: delay, sets, cancels }), { maxLength: 5 });
}

type Fired = readonly [id: number, atMs: number];

/** As it should be, worked out by looking for the next timer each time. */
function expected(first: readonly Plan[], untilMs: number): { fired: Fired[]; left: number } {
  const fired: Fired[] = [];
  let waiting: { readonly id: number; readonly dueAt: number; readonly plan: Plan }[] = [];
  let lastId = -1;
  let now = START;
  const set = (plan: Plan) => {
    lastId++;
    waiting.push({ id: lastId, dueAt: now + plan.delayMs, plan });
  };
  first.forEach(set);
  for (;;) {
    const [next] = waiting.toSorted((a, b) => a.dueAt - b.dueAt || a.id - b.id);
    if (next === undefined || next.dueAt > untilMs) return { fired, left: waiting.length };
    now = next.dueAt;
    fired.push([next.id, now]);
    const gone = [next.id, ...next.plan.cancels];
    waiting = waiting.filter(({ id }) => !gone.includes(id));
    next.plan.sets.forEach(set);
  }
}

test('timers fire at their time, the earlier first, equal ones in the order in which they were set, canceled ones never', async () => {
  await fc.assert(
    fc.asyncProperty(
      plans(3),
      fc.array(fc.integer({ min: 0, max: 30 * DAY }), { maxLength: 4 }),
      async (first, steps) => {
        // GIVEN
        const clock = createManualClock(START);
        const fired: Fired[] = [];
        const timers: Timer[] = [];
        const set = ({ delayMs, sets, cancels }: Plan): void => {
          const id = timers.length;
          timers.push(
            clock.setTimer(() => {
              fired.push([id, clock.now()]);
              for (const other of cancels) timers[other]?.cancel();
              sets.forEach(set);
            }, delayMs),
          );
        };
        first.forEach(set);

        // WHEN
        let now = START;
        for (const step of steps) {
          now += step;
          await clock.advanceTo(now);
        }

        // THEN
        const model = expected(first, now);
        expect(fired).toEqual(steps.length > 0 ? model.fired : []);
        expect(clock.now()).toBe(now);
      },
    ),
  );
});

test('what is done in steps is done as in one', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(delay, { maxLength: 20 }),
      fc.array(delay, { maxLength: 5 }),
      async (delays, steps) => {
        const run = async (stops: readonly number[]) => {
          const clock = createManualClock(START);
          const fired: Fired[] = [];
          for (const [id, delayMs] of delays.entries())
            clock.setTimer(() => fired.push([id, clock.now()]), delayMs);
          for (const stop of stops) await clock.advanceTo(stop);
          return fired;
        };
        const stops = steps.map(step => START + step).toSorted((a, b) => a - b);
        expect(await run(stops)).toEqual(await run(stops.slice(-1)));
      },
    ),
  );
});

/** A process that works for some turns of the event loop at each of its times. */
function startProcess(clock: ReturnType<typeof createManualClock>, dueAts: readonly number[], turns: number) {
  const seen: number[] = [];
  let working = Promise.resolve();
  const left = dueAts.toSorted((a, b) => a - b);
  const process: TimedProcess = {
    async blockedUntil() {
      await working;
      return left[0] ?? Number.POSITIVE_INFINITY;
    },
    async moveTo(nowMs) {
      while (left[0] !== undefined && left[0] <= nowMs) {
        seen.push(nowMs - left[0]);
        left.shift();
        working = work(turns, nowMs);
      }
    },
  };
  async function work(turnsLeft: number, nowMs: number): Promise<void> {
    for (let turn = 0; turn < turnsLeft; turn++) await setImmediate();
    expect(clock.now()).toBe(nowMs);
  }
  clock.join?.(process);
  return { seen };
}

test('a process goes on at its own times, and time stands still while it works', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 1, max: 50 }), { maxLength: 6 }),
      fc.array(fc.integer({ min: 1, max: 50 }), { maxLength: 6 }),
      fc.nat(5),
      async (dueAts, delays, turns) => {
        const clock = createManualClock(START);
        const { seen } = startProcess(
          clock,
          dueAts.map(due => START + due),
          turns,
        );
        for (const delayMs of delays) clock.setTimer(() => {}, delayMs);
        await clock.advanceTo(START + 60);
        expect(seen).toEqual(dueAts.map(() => 0));
      },
    ),
    { numRuns: 50 },
  );
});
