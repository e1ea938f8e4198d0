import { describe, expect, it } from 'vitest';
import { type Decision, decideDelivery, waitUntil } from '../../contract/delivery.ts';
import type { RunStatus } from '../../contract/run.ts';
import type { RunItem } from '../../contract/run-item.ts';

const NOW = 1000;
const POLICY = 3;

const STATUSES = ['queued', 'running', 'retrying', 'succeeded', 'deadLettered', 'canceled'] as const;
const EPOCHS = ['lower', 'same', 'higher'] as const;
const LEASES = ['none', 'live', 'expired'] as const;
const NOT_BEFORES = ['none', 'past', 'future'] as const;
const ATTEMPTS = ['left', 'used up'] as const;

type Any = '*';
type Row = readonly [
  status: RunStatus | Any,
  epochOfMessage: (typeof EPOCHS)[number],
  lease: (typeof LEASES)[number] | Any | 'not live',
  notBefore: 'future' | 'not future' | Any,
  attempts: (typeof ATTEMPTS)[number] | Any,
  decision: Decision,
];

/** Every row stands for itself: no two may fit one case, so their order means nothing. */
const EXPECTED: readonly Row[] = [
  ['*', 'lower', '*', '*', '*', 'acknowledge'],
  ['queued', 'same', '*', '*', '*', 'claim'],
  ['queued', 'higher', '*', '*', '*', 'renew'],
  ['running', 'same', 'live', '*', '*', 'wait'],
  ['running', 'same', 'not live', '*', 'left', 'takeOver'],
  ['running', 'same', 'not live', '*', 'used up', 'bury'],
  ['running', 'higher', 'live', '*', '*', 'wait'],
  ['running', 'higher', 'not live', '*', '*', 'renew'],
  ['retrying', 'same', '*', 'not future', '*', 'claim'],
  ['retrying', 'same', '*', 'future', '*', 'wait'],
  ['retrying', 'higher', '*', '*', '*', 'renew'],
  ['succeeded', 'same', '*', '*', '*', 'acknowledge'],
  ['succeeded', 'higher', '*', '*', '*', 'acknowledge'],
  ['canceled', 'same', '*', '*', '*', 'acknowledge'],
  ['canceled', 'higher', '*', '*', '*', 'acknowledge'],
  ['deadLettered', 'same', '*', '*', '*', 'deadLetterAgain'],
  ['deadLettered', 'higher', '*', '*', '*', 'renew'],
];

const CASES = STATUSES.flatMap(status =>
  EPOCHS.flatMap(epoch =>
    LEASES.flatMap(lease =>
      NOT_BEFORES.flatMap(notBefore =>
        ATTEMPTS.map(attempts => ({ status, epoch, lease, notBefore, attempts })),
      ),
    ),
  ),
);

type Case = (typeof CASES)[number];

function itemOf({ status, lease, notBefore, attempts }: Case): RunItem {
  return {
    runId: 'r',
    task: 'resize',
    status,
    epoch: 1,
    attempt: attempts === 'left' ? POLICY - 1 : POLICY,
    createdAt: 0,
    ...(lease !== 'none' && { leaseId: 'lease', leaseUntil: lease === 'live' ? NOW + 1 : NOW - 1 }),
    ...(notBefore !== 'none' && { notBefore: notBefore === 'future' ? NOW + 1 : NOW - 1 }),
  };
}

const deliveryOf = ({ epoch }: Case) => ({
  epoch: { lower: 0, same: 1, higher: 2 }[epoch],
  attempts: POLICY,
  nowMs: NOW,
});

const fits = (pattern: string, value: string, negated: string) =>
  pattern === '*' || pattern === value || (pattern === `not ${negated}` && value !== negated);

const rowsOf = (one: Case) =>
  EXPECTED.filter(
    ([status, epoch, lease, notBefore, attempts]) =>
      fits(status, one.status, '') &&
      epoch === one.epoch &&
      fits(lease, one.lease, 'live') &&
      fits(notBefore, one.notBefore, 'future') &&
      fits(attempts, one.attempts, ''),
  );

describe('decideDelivery', () => {
  it('claims a run that has no item', () => {
    for (const epoch of [0, 1, 7]) {
      expect(decideDelivery(undefined, { epoch, attempts: 1, nowMs: NOW })).toBe('claim');
    }
  });

  it.each(
    CASES,
  )('decides as the table says: $status, epoch $epoch, lease $lease, notBefore $notBefore, attempts $attempts', one => {
    const rows = rowsOf(one);
    expect(rows).toHaveLength(1);
    expect(decideDelivery(itemOf(one), deliveryOf(one))).toBe(rows[0]?.[5]);
  });

  it.each([
    [undefined, 0, 'claim'],
    [undefined, 3, 'claim'],
    [3, 3, 'claim'],
    [3, 4, 'claim'],
    [3, 2, 'acknowledge'],
    [1, undefined, 'acknowledge'],
  ] as const)('of a queued run moved %s times and a message of move %s: %s', (moves, moved, decision) => {
    const item = {
      runId: 'r',
      task: 'resize',
      status: 'queued',
      epoch: 1,
      attempt: 0,
      createdAt: 0,
    } as const;
    const delivery = { epoch: 1, attempts: POLICY, nowMs: NOW, ...(moved !== undefined && { moves: moved }) };

    expect(decideDelivery({ ...item, ...(moves !== undefined && { moves }) }, delivery)).toBe(decision);
  });

  it('heeds a message of an earlier move once the run has begun', () => {
    const one = { epoch: 'same', lease: 'none', notBefore: 'past', attempts: 'left' } as const;
    const retrying = { ...itemOf({ ...one, status: 'retrying' }), moves: 2 };

    expect(decideDelivery(retrying, { epoch: 1, attempts: POLICY, nowMs: NOW, moves: 1 })).toBe('claim');
  });

  it('takes a lease to be live in its last millisecond and a backoff to be over in it', () => {
    const one = { epoch: 'same', lease: 'none', notBefore: 'none', attempts: 'left' } as const;
    const running = { ...itemOf({ ...one, status: 'running' }), leaseUntil: NOW };
    const retrying = { ...itemOf({ ...one, status: 'retrying' }), notBefore: NOW };

    expect(decideDelivery(running, { epoch: 1, attempts: POLICY, nowMs: NOW })).toBe('wait');
    expect(decideDelivery(retrying, { epoch: 1, attempts: POLICY, nowMs: NOW })).toBe('claim');
  });

  it('waits until the moment at which it decides anew', () => {
    for (const one of CASES) {
      const item = itemOf(one);
      if (decideDelivery(item, deliveryOf(one)) !== 'wait') continue;

      expect(waitUntil(item)).toBeGreaterThan(NOW);
      const later = { ...deliveryOf(one), nowMs: waitUntil(item) + 1 };
      expect(decideDelivery(item, later)).not.toBe('wait');
    }
  });
});
