import * as z from 'zod';
import type { Client } from '../../client/create-client.ts';
import { defineTask } from '../../contract/task.ts';
import type { Random } from './random.ts';

export const ATTEMPTS = 3;

export const charge = defineTask({
  name: 'charge',
  payload: z.object({ order: z.number() }),
  retry: { attempts: ATTEMPTS, backoff: { type: 'exponential', base: '5s', max: '5m', jitter: 'full' } },
  timeout: '20s',
});

/** One thing that an application wants done once, and what it knows of it. */
export interface Order {
  readonly number: number;
  readonly key: string | undefined;
  readonly groupKey: string | undefined;
  /** Its handler never succeeds. */
  readonly poison: boolean;
  /** Known when a send was answered. */
  runId: string | undefined;
  /** Sends that were answered. */
  accepted: number;
  /** Why it need not have happened. */
  cancelAsked: boolean;
  discardAsked: boolean;
}

/** Added to an order's number: another payload under its key, which every send must refuse. */
const REFUSED = 1_000_000;

/** Carries out some work on a client in a process of its own, which may die: then the answer is undefined. */
export type AsProcess = <T>(name: string, work: (client: Client) => Promise<T>) => Promise<T | undefined>;

export interface SenderOptions {
  readonly random: Random;
  readonly sleep: (ms: number) => Promise<void>;
  readonly asProcess: AsProcess;
  readonly onWrong: (order: Order, what: string) => void;
}

/** The applications that send orders, each in one of the ways there are. */
export function createSender({ random, sleep, asProcess, onWrong }: SenderOptions) {
  const optionsOf = ({ key, groupKey }: Order) => ({
    ...(key !== undefined && { idempotencyKey: key }),
    ...(groupKey !== undefined && { groupKey }),
  });

  function accept(order: Order, runId: string): void {
    if (order.runId !== undefined && order.runId !== runId) {
      onWrong(order, `sent under one key, it has two runs: ${order.runId} and ${runId}`);
    }
    order.runId = runId;
    order.accepted++;
  }

  /** Without a key nobody may send again: the first message may have arrived. */
  async function sendOnce(order: Order): Promise<void> {
    const sent = await asProcess('sender', client =>
      client.sendTask(charge, { order: order.number }, optionsOf(order)),
    ).catch(() => undefined);
    if (sent) accept(order, sent.runId);
  }

  async function sendUntilAccepted(order: Order): Promise<void> {
    for (const before = order.accepted; order.accepted === before; ) {
      await sendOnce(order);
      if (order.accepted === before) await sleep(random.between(500, 20_000));
    }
  }

  return {
    async send(order: Order): Promise<void> {
      if (order.key === undefined) return await sendOnce(order);
      switch (random.pick(['once', 'again', 'together', 'refused'])) {
        case 'once':
          return await sendUntilAccepted(order);
        case 'again':
          await sendUntilAccepted(order);
          await sleep(random.between(0, 400_000));
          return await sendUntilAccepted(order);
        case 'together':
          await Promise.all([sendUntilAccepted(order), sendUntilAccepted(order), sendOnce(order)]);
          return;
        case 'refused': {
          await sendUntilAccepted(order);
          await sleep(random.between(0, 60_000));
          const payload = { order: order.number + REFUSED };
          const sent = await asProcess('sender', client =>
            client.sendTask(charge, payload, optionsOf(order)),
          ).catch(() => undefined);
          if (sent) onWrong(order, 'another payload was accepted under its key');
        }
      }
    },
    async sendTogether(orders: readonly Order[]): Promise<void> {
      const items = orders.map(order => ({ payload: { order: order.number }, ...optionsOf(order) }));
      const outcomes = await asProcess('sender', client => client.sendTasks(charge, items)).catch(() => []);
      for (const [index, order] of orders.entries()) {
        const outcome = outcomes?.[index];
        if (outcome?.status === 'sent') accept(order, outcome.runId);
        else if (order.key !== undefined) await sendUntilAccepted(order);
      }
    },
  };
}
