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
  producerCrash: 1,
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

  it('through two keyed sends and any misfortune', () => {
    const { states, labels, trace } = explore(runModel({ ...ONCE_EACH, any: 1, keyedSend: 2 }));

    expect(trace).toEqual([]);
    expect(states).toBeGreaterThan(7000);
    for (const label of ['a producer dies before it sends', 'SQS dead-letters the message by itself']) {
      expect(labels).toContain(label);
    }
  });

  it('through a keyed send that is repeated when a producer has died, and a redrive', () => {
    const events = { producerCrash: 1, crash: 1, nativeDeadLetter: 1, any: 2, keyedSend: 2, redrive: 1 };
    const { states, trace } = explore(runModel(events));

    expect(trace).toEqual([]);
    expect(states).toBeGreaterThan(30_000);
  });

  it('through a cancel that meets another misfortune, and a redrive', () => {
    const events = {
      cancel: 1,
      crash: 1,
      lostAnswer: 1,
      release: 1,
      nativeDeadLetter: 1,
      any: 2,
      redrive: 1,
    };
    const { states, labels, trace } = explore(runModel(events));

    expect(trace).toEqual([]);
    expect(states).toBeGreaterThan(20_000);
    for (const label of ['may not try again', 'notices that it is canceled', 'writes canceled']) {
      expect(labels).toContain(`consumer 0 ${label}`);
    }
  });

  it('through a move to another time whose mover dies, or is not answered', () => {
    const events = { moverCrash: 1, lostAnswer: 1, any: 1, move: 1 };
    const { states, labels, trace } = explore(runModel(events));

    expect(trace).toEqual([]);
    expect(states).toBeGreaterThan(14_000);
    for (const label of [
      'whoever moves the run dies',
      'recognises the move',
      'finds that the run cannot be moved',
      'deletes the schedule that is of no use',
    ]) {
      expect(labels).toContain(label);
    }
  });

  it('through a move while a schedule of the run fires, or fires twice', () => {
    const { states, labels, trace } = explore(runModel({ secondFiring: 1, any: 1, move: 1 }));

    expect(trace).toEqual([]);
    expect(states).toBeGreaterThan(30_000);
    expect(labels).toContain('the schedule of move 0 fires twice');
  });

  it('through two redrives', () => {
    const { states, trace } = explore(runModel({ redrive: 2 }));

    expect(trace).toEqual([]);
    expect(states).toBeGreaterThan(1000);
  });
});

describe('the model notices', () => {
  const broken: readonly [rule: keyof Rules, needs: readonly Event[], violation: string][] = [
    ['claimRespectsLease', ['duplicate'], 'two leases are live'],
    ['takeOverIsCompareAndSwap', ['stall'], 'succeeded in epoch 0 becomes running in epoch 0'],
    ['finishIsFenced', ['stall'], 'succeeded in epoch 0 becomes succeeded in epoch 0'],
    ['writeBeforeLetter', ['crash'], 'a handler starts in dead-lettered epoch 0'],
    [
      'letterBeforeAcknowledge',
      ['crash'],
      'a run that is deadLettered has no letter that a redrive would run',
    ],
    ['letterRaisesEpoch', ['redrive'], 'a run that is deadLettered has no letter that a redrive would run'],
    ['claimHeedsCancel', ['cancel', 'crash'], 'a handler starts in epoch 0, which was to be canceled'],
    ['retryHeedsCancel', ['cancel'], 'a handler starts in epoch 0, which was to be canceled'],
    ['redriveForgetsCancel', ['cancel', 'redrive'], 'epoch 1 is canceled, which nobody asked for'],
    [
      'queuedRowIsSentAgain',
      ['keyedSend', 'producerCrash'],
      'a run that is queued has no letter that a redrive would run',
    ],
    [
      'scheduleBeforeMove',
      ['move', 'moverCrash'],
      'a run that is queued has no letter that a redrive would run',
    ],
    [
      'moveRecognisesItself',
      ['move', 'lostAnswer'],
      'a run that is queued has no letter that a redrive would run',
    ],
    ['oldFiringIsPassedOver', ['move'], 'a run begins at a time that it was moved away from'],
  ];

  it.each(broken)('when the rule %s is broken', (rule, needs, violation) => {
    const budget = Object.fromEntries(needs.map(event => [event, event === 'keyedSend' ? 2 : 1]));
    const { trace } = explore(runModel({ ...budget, any: needs.length }, { ...RULES, [rule]: false }));

    expect(trace[0]).toBe('start');
    expect(trace.at(-1)).toBe(violation);
  });

  it('nothing else: every rule is broken once', () => {
    expect(broken.map(([rule]) => rule).sort()).toEqual(Object.keys(RULES).sort());
  });
});
