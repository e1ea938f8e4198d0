import fc from 'fast-check';
import { describe, test } from 'vitest';
import type { Queue } from '../../../local/sqs/queue.ts';
import type { ReceivedMessage } from '../../../local/sqs/queue-api.ts';
import { SqsError } from '../../../local/sqs/sqs-error.ts';
import { SqsStore } from '../../../local/sqs/sqs-store.ts';
import { createFakeClock } from '../fake-clock.ts';

/** A queue with a consumer that receives only when it has been told that there might be something. */
class Told {
  readonly queue: Queue;
  readonly held: ReceivedMessage[] = [];
  heard = false;

  constructor(queue: Queue) {
    this.queue = queue;
    queue.onReceivable(() => {
      this.heard = true;
    });
  }

  drain(): void {
    this.heard = false;
    for (let got = this.queue.receive(3); got.length > 0; got = this.queue.receive(3)) this.held.push(...got);
  }

  /** What the consumer was not told of must not be there. */
  check(): void {
    if (this.heard) return;
    const untold = this.queue.receive(10);
    if (untold.length > 0)
      throw new Error(`${untold.length} receivable in ${this.queue.name} and nobody was told`);
  }
}

function setUp(fifo: boolean) {
  const clock = createFakeClock();
  const location = { region: 'eu-west-1', accountId: '123456789012', endpoint: 'http://127.0.0.1:1' };
  const store = new SqsStore({ clock, location });
  const suffix = fifo ? '.fifo' : '';
  const common: Record<string, string> = { VisibilityTimeout: '20', ...(fifo && { FifoQueue: 'true' }) };
  const dlq = store.create(`dlq${suffix}`, common);
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: dlq.arn, maxReceiveCount: 2 });
  const source = store.create(`q${suffix}`, { ...common, RedrivePolicy, MessageRetentionPeriod: '100' });
  return { clock, store, both: [new Told(source), new Told(dlq)] as const };
}

type World = ReturnType<typeof setUp>;
type Step = (world: World) => void;

/** What the rules refuse, like a handle that has expired, is part of any history. */
function tolerant(action: () => void): void {
  try {
    action();
  } catch (error) {
    if (!(error instanceof SqsError)) throw error;
  }
}

let sends = 0;
const which = fc.constantFrom(0 as const, 1 as const);
const seconds = fc.constantFrom(0, 1, 10, 30);
const position = fc.nat({ max: 5 });

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.tuple(which, fc.constantFrom('a', 'b'), seconds).map(([at, groupId, delay]) => ({ both }: World) => {
    const content = {
      body: 'x',
      md5OfBody: '',
      attributes: {},
      traceHeader: undefined,
      senderId: 's',
      groupId,
    };
    const { queue } = both[at];
    queue.send(content, queue.fifo ? { deduplicationId: `${sends++}` } : { delayMs: delay * 1000 });
  }),
  which.map(
    at =>
      ({ both }: World) =>
        both[at].drain(),
  ),
  fc.tuple(which, position).map(([at, index]) => ({ both }: World) => {
    const { held, queue } = both[at];
    const message = held[index];
    if (message !== undefined) tolerant(() => queue.delete(message.receiptHandle));
  }),
  fc.tuple(which, position, seconds).map(([at, index, timeout]) => ({ both }: World) => {
    const { held, queue } = both[at];
    const message = held[index];
    if (message !== undefined) tolerant(() => queue.changeVisibility(message.receiptHandle, timeout));
  }),
  fc.tuple(which, seconds).map(([at, DelaySeconds]) => ({ both }: World) => {
    both[at].queue.changeAttributes({ DelaySeconds: `${DelaySeconds}` });
  }),
  fc.tuple(which, fc.constantFrom(60, 100)).map(([at, period]) => ({ both }: World) => {
    both[at].queue.changeAttributes({ MessageRetentionPeriod: `${period}` });
  }),
  which.map(
    at =>
      ({ both }: World) =>
        both[at].queue.purge(),
  ),
  fc.constant(({ both, store }: World) =>
    tolerant(() => store.moveTasks.start(both[1].queue, { destination: undefined, maxPerSecond: 2 })),
  ),
  fc.constantFrom(1, 999, 5000, 20_000, 60_000).map(
    ms =>
      ({ clock }: World) =>
        clock.advance(ms),
  ),
);

describe.each([
  ['standard', false],
  ['FIFO', true],
])('onReceivable of a %s queue', (_, fifo) => {
  test('has been called whenever a receive would answer something new', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40, size: 'max' }), async steps => {
        const world = setUp(fifo);
        for (const run of steps) {
          run(world);
          await Promise.resolve();
          for (const told of world.both) told.check();
          // A check may have dead-lettered what it met.
          await Promise.resolve();
        }
        world.store.stop();
      }),
      { numRuns: 500 },
    );
  });
});
