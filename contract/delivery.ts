import type { RunItem } from './run-item.ts';

/**
 * What the consumer does with one delivery of a message.
 *
 * - `claim`: begin an attempt, by one conditional write that needs no read before it
 * - `takeOver`: begin an attempt whose predecessor's process died
 * - `renew`: begin the first attempt of a new epoch (a redrive)
 * - `bury`: dead-letter a run whose last attempt's process died
 * - `deadLetterAgain`: send the dead letter again, in case the first sending was lost, and acknowledge
 * - `wait`: back to the queue, until the run's lease or backoff has ended
 * - `acknowledge`: nothing is left to do
 */
export type Decision = 'claim' | 'takeOver' | 'renew' | 'bury' | 'deadLetterAgain' | 'wait' | 'acknowledge';

/** A delivery of a message, before anything was written because of it. */
export interface Delivery {
  /** The epoch in the message. */
  readonly epoch: number;
  /** Attempts that the task's policy allows in an epoch. */
  readonly attempts: number;
  readonly nowMs: number;
  /** How often the run had been moved to another time when the message was sent. @default 0 */
  readonly moves?: number;
}

interface Fact {
  readonly holds: (item: RunItem, delivery: Delivery) => boolean;
  /** The same for DynamoDB; the facts of rows that say `claim` have one. */
  readonly expression?: string;
}

const FACTS = {
  staleMessage: { holds: (item, { epoch }) => epoch < item.epoch },
  sameEpoch: { holds: (item, { epoch }) => epoch === item.epoch, expression: 'epoch = :epoch' },
  newEpoch: { holds: (item, { epoch }) => epoch > item.epoch },
  /** Nobody has moved the run to another time since. */
  current: {
    holds: ({ moves = 0 }, delivery) => moves <= (delivery.moves ?? 0),
    expression: '(attribute_not_exists(moves) OR moves <= :moves)',
  },
  queued: { holds: item => item.status === 'queued', expression: '#status = :queued' },
  retrying: { holds: item => item.status === 'retrying', expression: '#status = :retrying' },
  running: { holds: item => item.status === 'running' },
  succeeded: { holds: item => item.status === 'succeeded' },
  canceled: { holds: item => item.status === 'canceled' },
  deadLettered: { holds: item => item.status === 'deadLettered' },
  due: {
    holds: ({ notBefore = 0 }, { nowMs }) => notBefore <= nowMs,
    expression: '(attribute_not_exists(notBefore) OR notBefore <= :now)',
  },
  leaseLive: { holds: ({ leaseUntil = 0 }, { nowMs }) => leaseUntil >= nowMs },
  attemptsLeft: { holds: (item, { attempts }) => item.attempt < attempts },
} as const satisfies Record<string, Fact>;

type FactName = keyof typeof FACTS;

/**
 * The contract between a message and its run's item; the first row whose facts all hold decides. A run that is absent
 * is claimed. The rows that say `claim` must hold by themselves, whatever row stands before them: they are also
 * DynamoDB's condition.
 */
export const DELIVERY_TABLE: readonly { readonly when: readonly FactName[]; readonly decision: Decision }[] =
  [
    { when: ['staleMessage'], decision: 'acknowledge' },
    { when: ['succeeded'], decision: 'acknowledge' },
    { when: ['canceled'], decision: 'acknowledge' },
    { when: ['newEpoch', 'running', 'leaseLive'], decision: 'wait' },
    { when: ['newEpoch'], decision: 'renew' },
    { when: ['sameEpoch', 'queued', 'current'], decision: 'claim' },
    { when: ['sameEpoch', 'queued'], decision: 'acknowledge' },
    { when: ['sameEpoch', 'retrying', 'due'], decision: 'claim' },
    { when: ['sameEpoch', 'retrying'], decision: 'wait' },
    { when: ['sameEpoch', 'running', 'leaseLive'], decision: 'wait' },
    { when: ['sameEpoch', 'running', 'attemptsLeft'], decision: 'takeOver' },
    { when: ['sameEpoch', 'running'], decision: 'bury' },
    { when: ['sameEpoch', 'deadLettered'], decision: 'deadLetterAgain' },
  ];

export function decideDelivery(item: RunItem | undefined, delivery: Delivery): Decision {
  if (item === undefined) return 'claim';
  const row = DELIVERY_TABLE.find(({ when }) => when.every(name => FACTS[name].holds(item, delivery)));
  if (row === undefined) {
    throw new Error(`no row of the delivery table fits a run that is ${item.status} in epoch ${item.epoch}`);
  }
  return row.decision;
}

/**
 * The rows that say `claim`, for DynamoDB. It needs `#status`, `:epoch`, `:now`, `:moves`, `:queued` and `:retrying`. AND binds
 * closer than OR; parentheses around the rows would make the local DynamoDB's parser four times slower.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html#Expressions.OperatorsAndFunctions.Precedence
 */
export const CLAIM_CONDITION = [
  'attribute_not_exists(runId)',
  ...DELIVERY_TABLE.filter(row => row.decision === 'claim').map(({ when }) =>
    when.map(toExpression).join(' AND '),
  ),
].join(' OR ');

function toExpression(name: FactName): string {
  const { expression }: Fact = FACTS[name];
  if (expression === undefined)
    throw new Error(`the fact '${name}' stands in a claim row and needs an expression`);
  return expression;
}

/** When a delivery that must wait can be decided anew. */
export function waitUntil(item: RunItem): number {
  return (item.status === 'running' ? item.leaseUntil : item.notBefore) ?? 0;
}
