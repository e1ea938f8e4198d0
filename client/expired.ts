import type { RunItem } from '../contract/run-item.ts';

/**
 * Whether the run's memory has ended although its item still lies there: DynamoDB deletes late, often by days.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/howitworks-ttl.html
 * An attempt at work keeps its run alive, or a new life could begin beside it.
 */
export function isExpired({ expiresAt, status, leaseUntil = 0 }: RunItem, nowMs: number): boolean {
  const atWork = status === 'running' && leaseUntil >= nowMs;
  return expiresAt !== undefined && expiresAt * 1000 <= nowMs && !atWork;
}
