import { beforeAll, describe, expect, test } from 'vitest';
import { Queue } from '../../../local/sqs/queue.ts';
import { createFakeClock } from '../fake-clock.ts';

const LIMIT = 120_000;

function queueOf(name: string, attributes: Record<string, string>, messages: number) {
  const clock = createFakeClock();
  const location = { region: 'eu-west-1', accountId: '123456789012', endpoint: 'http://127.0.0.1:1' };
  const queue = new Queue({ name, clock, location, findByArn: () => undefined }, attributes);
  for (let index = 0; index < messages; index++) {
    const content = { body: 'x', md5OfBody: '', attributes: {}, traceHeader: undefined, senderId: 's' };
    queue.send({ ...content, groupId: `${index}` }, { deduplicationId: queue.fifo ? `${index}` : undefined });
  }
  return { queue, clock };
}

// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-fifo.html
describe.each([
  ['q', {}],
  ['q.fifo', { FifoQueue: 'true' }],
])('the limit of 120,000 messages in flight (quotas-messages, quotas-fifo): %s', (name, attributes) => {
  let queue: Queue;
  let last: string;
  beforeAll(() => {
    queue = queueOf(name, attributes, LIMIT + 1).queue;
    for (let taken = 0; taken < LIMIT; taken += 10) last = queue.receive(10).at(-1)?.receiptHandle ?? '';
  });

  test('nothing more is received until one is deleted, which is announced', async () => {
    expect(queue.isFull).toBe(true);
    expect(queue.receive(10)).toEqual([]);
    let calls = 0;
    queue.onReceivable(() => {
      calls += 1;
    });
    queue.delete(last);
    await Promise.resolve();
    expect(calls).toBe(1);
    expect(queue.receive(10)).toHaveLength(1);
  });
});
