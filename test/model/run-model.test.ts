import { describe, expect, it } from 'vitest';
import { DELIVERY_TABLE } from '../../contract/delivery.ts';
import type { Event } from './events.ts';
import { explore } from './explore.ts';
import { runModel } from './run-model.ts';
import { RULES, type Rules } from './work.ts';

const ONCE_EACH = {
  crash: 1,
  stall: 1,
  redelivery: 1,
  lostAnswer: 1,
  duplicate: 1,
  nativeDeadLetter: 1,
  release: 1,
  cancel: 1,
};

describe('a run keeps its promises', { timeout: 60_000 }, () => {
  it('through any misfortune and a redrive', () => {
    const { states, labels, trace } = explore(runModel({ ...ONCE_EACH, any: 1, redrive: 1 }));

    expect(trace).toEqual([]);
    expect(states).toBeGreaterThan(15_000);
    // A model in which nothing happens keeps every promise: see that all of it was tried.
    const told = [...labels].join();
    for (const { decision } of DELIVERY_TABLE) expect(told).toMatch(new RegExp(` to ${decision}\\b`));
  });

  it('through any two misfortunes', () => {
    const { states, trace } = explore(runModel({ ...ONCE_EACH, any: 2 }));

    expect(trace).toEqual([]);
    expect(states).toBeGreaterThan(15_000);
  });

  it('through a crash, a stall and a redrive', () => {
    const { states, trace } = explore(runModel({ crash: 1, stall: 1, any: 2, redrive: 1 }));

    expect(trace).toEqual([]);
    expect(states).toBeGreaterThan(40_000);
  });

  it('through two redrives', () => {
    const { states, trace } = explore(runModel({ redrive: 2 }));

    expect(trace).toEqual([]);
    expect(states).toBeGreaterThan(1000);
  });
});

describe('the model notices', () => {
  const broken: readonly [rule: keyof Rules, misfortune: Event, violation: string][] = [
    ['claimRespectsLease', 'duplicate', 'two leases are live'],
    ['takeOverIsCompareAndSwap', 'stall', 'succeeded in epoch 0 becomes running in epoch 0'],
    ['finishIsFenced', 'stall', 'succeeded in epoch 0 becomes succeeded in epoch 0'],
    ['writeBeforeLetter', 'crash', 'a handler starts in dead-lettered epoch 0'],
    ['letterBeforeAcknowledge', 'crash', 'a run that is deadLettered has no letter that a redrive would run'],
    ['letterRaisesEpoch', 'redrive', 'a run that is deadLettered has no letter that a redrive would run'],
  ];

  it.each(broken)('when a consumer breaks the rule %s', (rule, misfortune, violation) => {
    const { trace } = explore(runModel({ [misfortune]: 1, any: 1 }, { ...RULES, [rule]: false }));

    expect(trace[0]).toBe('start');
    expect(trace.at(-1)).toBe(violation);
  });

  it('nothing else: every rule is broken once', () => {
    expect(broken.map(([rule]) => rule).sort()).toEqual(Object.keys(RULES).sort());
  });
});
