import { describe, expect, it } from 'vitest';
import { isTerminal, type RunStatus, TRANSITIONS } from '../../contract/run.ts';

const statuses = Object.keys(TRANSITIONS) as RunStatus[];

describe('TRANSITIONS', () => {
  it('ends a run in three ways', () => {
    expect(statuses.filter(isTerminal)).toEqual(['succeeded', 'deadLettered', 'canceled']);
  });

  it('never brings a run back to the queue within its epoch', () => {
    expect(statuses.filter(status => TRANSITIONS[status].includes('queued'))).toEqual([]);
  });

  it('lets only a running run be followed by itself, when another attempt takes its lease', () => {
    expect(statuses.filter(status => TRANSITIONS[status].includes(status))).toEqual(['running']);
  });

  it('lets every run that has not ended end', () => {
    for (const status of statuses.filter(status => !isTerminal(status))) {
      expect(TRANSITIONS[status]).toContain('canceled');
    }
  });
});
