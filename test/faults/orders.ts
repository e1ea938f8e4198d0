import * as z from 'zod';
import { defineTask } from '../../contract/task.ts';
import type { Random } from './random.ts';

export const ATTEMPTS = 3;

export const charge = defineTask({
  name: 'charge',
  payload: z.object({ order: z.number(), remedied: z.optional(z.boolean()) }),
  retry: { attempts: ATTEMPTS, backoff: { type: 'exponential', base: '5s', max: '5m', jitter: 'full' } },
  timeout: '20s',
});

/** One thing that an application wants done once, and what it knows of it. */
export interface Order {
  readonly number: number;
  readonly key: string | undefined;
  readonly groupKey: string | undefined;
  readonly delaySeconds: number | undefined;
  /** Sent by a program in another language: its message has the key and no envelope. */
  readonly foreign: boolean;
  /** Its handler has a step with a result to be kept. */
  readonly stepped: boolean;
  /** Its handler never succeeds, before an operator remedies it. */
  readonly poison: boolean;
  /** Known when a send was answered. */
  runId: string | undefined;
  /** Sends that were answered. */
  accepted: number;
  /** Why it need not have happened. */
  cancelAsked: boolean;
  editAsked: boolean;
  discardAsked: boolean;
}

export function makeOrders(count: number, fifo: boolean, random: Random): readonly Order[] {
  return Array.from({ length: count }, (_, number) => {
    const key = random.chance(0.6) ? `order-${number}` : undefined;
    return {
      number,
      key,
      foreign: key !== undefined && random.chance(0.2),
      groupKey: fifo || random.chance(0.2) ? `group-${number % 4}` : undefined,
      delaySeconds: !fifo && random.chance(0.1) ? random.between(1, 300) : undefined,
      stepped: random.chance(0.3),
      poison: random.chance(0.08),
      runId: undefined,
      accepted: 0,
      cancelAsked: false,
      editAsked: false,
      discardAsked: false,
    };
  });
}
