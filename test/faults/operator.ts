import { toMessageBody } from '../../contract/message-body.ts';
import type { Cloud } from './cloud.ts';
import type { History } from './history.ts';
import { charge, type Order } from './orders.ts';
import type { Random } from './random.ts';
import type { AsProcess } from './sender.ts';
import type { StepClock } from './step-clock.ts';

export interface OperatorOptions {
  readonly cloud: Cloud;
  readonly clock: StepClock;
  readonly random: Random;
  readonly history: History;
  readonly orders: readonly Order[];
  readonly asProcess: AsProcess;
  readonly act: (atMs: number, work: () => Promise<void>) => void;
}

const LATEST_MS = 20 * 60_000;

/** Cancels, redrives and discards while all goes on, and lets strangers send what nobody can read. */
export function startOperator({ cloud, clock, random, history, orders, asProcess, act }: OperatorOptions) {
  const unreadable: string[] = [];
  const fails = (error: unknown) => {
    const text = `fails: ${error instanceof Error ? error.message : error}`;
    history.note('operator', text, text);
  };

  async function cancel(order: Order): Promise<void> {
    while (order.runId === undefined && clock.elapsed() < LATEST_MS) await clock.sleep(5000);
    const { runId } = order;
    if (runId === undefined) return;
    order.cancelAsked = true;
    await asProcess('operator', async client => {
      const { status } = await client.cancelRun(runId, { task: charge });
      history.note('operator', `canceled: the run is ${status}`, runId);
    }).catch(fails);
  }

  async function intervene(): Promise<void> {
    const order = random.pick(orders as [Order, ...Order[]]);
    const { runId = 'unknown' } = order;
    switch (random.weighted({ redriveAll: 4, redrive: 4, edit: 2, console: 2, discard: 1 })) {
      case 'redriveAll':
        await asProcess('operator', client => client.redriveAll({}, { limit: random.between(1, 30) })).catch(
          fails,
        );
        return;
      case 'redrive':
        await asProcess('operator', client => client.redrive(runId)).catch(fails);
        return;
      case 'edit': {
        order.editAsked = true;
        const edit = { task: charge, payload: { order: order.number, remedied: true } };
        await asProcess('operator', client => client.redrive(runId, { edit })).catch(fails);
        return;
      }
      case 'console': {
        history.note('operator', 'moves all letters back in the AWS console');
        const move = { SourceArn: cloud.deadLetterQueue.arn, DestinationArn: cloud.queue.arn };
        await cloud.perform('sqs', 'StartMessageMoveTask', move).catch(fails);
        return await clock.sleep(60_000);
      }
      case 'discard':
        order.discardAsked = true;
        await asProcess('operator', client => client.discard(runId, { reason: 'not wanted' })).catch(fails);
    }
  }

  async function sendUnreadable(index: number): Promise<void> {
    const body = random.pick([
      `not JSON ${index}!`,
      toMessageBody({ task: 'unknown', payload: { mark: index } }),
      toMessageBody({ task: charge.name, payload: { order: `none-${index}` } }),
    ]);
    unreadable.push(body.startsWith('{') ? body.slice(body.indexOf('"payload"'), -1) : body);
    const { fifo, url: QueueUrl } = cloud.queue;
    const line = fifo ? { MessageGroupId: 'strangers', MessageDeduplicationId: String(index) } : {};
    await cloud.perform('sqs', 'SendMessage', { QueueUrl, MessageBody: body, ...line });
  }

  for (const order of orders) {
    if (random.chance(0.1)) act(random.between(0, LATEST_MS), () => cancel(order));
  }
  for (let count = random.between(0, 8); count > 0; count--)
    act(random.between(60_000, LATEST_MS), intervene);
  for (let count = random.between(0, 3); count > 0; count--) {
    act(random.between(0, LATEST_MS), () => sendUnreadable(count));
  }
  return { unreadable };
}
