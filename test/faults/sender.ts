import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { Client } from '../../client/create-client.ts';
import type { QueueConfig } from '../../contract/environment.ts';
import { toMessageBody } from '../../contract/message-body.ts';
import { runIdOfKey } from '../../contract/run-id.ts';
import { charge, type Order } from './orders.ts';
import type { Random } from './random.ts';

/** Added to an order's number: another payload under its key, which every send must refuse. */
const REFUSED = 1_000_000;

/** Carries out some work on a client in a process of its own, which may die: then the answer is undefined. */
export type AsProcess = <T>(
  name: string,
  work: (client: Client, sqs: SQSClient) => Promise<T>,
) => Promise<T | undefined>;

export interface SenderOptions {
  readonly queue: QueueConfig;
  readonly random: Random;
  readonly sleep: (ms: number) => Promise<void>;
  readonly asProcess: AsProcess;
  readonly onWrong: (order: Order, what: string) => void;
}

/** The applications that send orders, each in one of the ways there are. */
export function createSender({ queue, random, sleep, asProcess, onWrong }: SenderOptions) {
  const optionsOf = ({ key, groupKey, delaySeconds }: Order) => ({
    ...(key !== undefined && { idempotencyKey: key }),
    ...(groupKey !== undefined && { groupKey }),
    ...(delaySeconds !== undefined && { delay: `${delaySeconds}s` as const }),
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
    const sending = order.foreign
      ? sendForeign(order)
      : asProcess('sender', client => client.sendTask(charge, { order: order.number }, optionsOf(order)));
    const sent = await sending.catch(() => undefined);
    if (sent) accept(order, sent.runId);
  }

  /** As any program can: a message with a task, a payload and an id. */
  async function sendForeign({ number, key = '', groupKey = 'none' }: Order) {
    const line = queue.fifo ? { MessageGroupId: groupKey, MessageDeduplicationId: key } : {};
    const body = toMessageBody({ task: charge.name, id: key, payload: { order: number } });
    return await asProcess('stranger', async (_, sqs) => {
      await sqs.send(new SendMessageCommand({ QueueUrl: queue.url, MessageBody: body, ...line }));
      return { runId: runIdOfKey(charge.name, key) };
    });
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
      const refusing = order.foreign ? [] : (['refused'] as const);
      switch (random.pick(['once', 'again', 'together', ...refusing])) {
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
