import type { Context, SQSRecord } from 'aws-lambda';
import type { ConsumerFunction } from '../../lambda/create-consumer.ts';
import { toSqsRecord } from '../../local/event-sources/sqs-event-record.ts';
import type { Queue } from '../../local/sqs/queue.ts';
import type { ReceivedMessage } from '../../local/sqs/queue-api.ts';
import type { FaultPlan } from './fault-plan.ts';
import type { History } from './history.ts';
import { createMachine, type Machine } from './machine.ts';
import type { Random } from './random.ts';
import type { StepClock } from './step-clock.ts';

export interface LambdaHostOptions {
  readonly queue: Queue;
  readonly clock: StepClock;
  readonly random: Random;
  readonly faults: FaultPlan;
  readonly history: History;
  readonly functionTimeoutMs: number;
  readonly startConsumer: (machine: Machine) => ConsumerFunction;
  /** Told what a consumer throws: it never may. */
  readonly onThrown: (error: unknown) => void;
}

/** What Lambda does with a queue and its consumer: environments, batches, deletions; and what it does wrong. */
export interface LambdaHost {
  /** Batches that are being worked on or are about to be. */
  readonly busy: number;
}

const ENVIRONMENTS = 5;

interface Environment {
  readonly machine: Machine;
  readonly consumer: ConsumerFunction;
}

export function startLambdaHost(options: LambdaHostOptions): LambdaHost {
  const { queue, clock, random, faults, history, functionTimeoutMs, startConsumer } = options;
  const idle: Environment[] = [];
  let busy = 0;
  let made = 0;

  function environment(bodies: readonly string[]): Environment {
    const warm = idle.pop();
    if (warm) {
      if (faults.delivery('clockJumps')) jumpClock(warm.machine, bodies);
      return warm;
    }
    made++;
    const machine = createMachine(`consumer ${made}`, clock);
    if (faults.delivery('wrongClock')) machine.skewMs = random.between(-60_000, 60_000);
    return { machine, consumer: startConsumer(machine) };
  }

  function jumpClock(machine: Machine, bodies: readonly string[]): void {
    machine.skewMs += random.between(-40_000, 40_000);
    history.note(machine.name, `its clock jumps: ${machine.skewMs} ms ahead`, bodies);
  }

  function receiveAll(): void {
    while (busy < ENVIRONMENTS) {
      const messages = queue.receive(random.between(1, 10));
      if (messages.length === 0) return;
      void work(messages).then(receiveAll);
      if (faults.delivery('duplicate')) void workLater(messages).then(receiveAll);
      for (const message of messages) if (faults.delivery('visibilityExpires')) void expire(message);
    }
  }

  /** SQS delivers at least once: now and then the same receive goes to two. */
  async function workLater(messages: readonly ReceivedMessage[]): Promise<void> {
    busy++;
    await clock.sleep(random.chance(0.5) ? random.between(0, 100) : random.between(100, 240_000));
    busy--;
    await work(messages.filter(() => random.chance(0.8)));
  }

  async function expire({ receiptHandle, messageId, body }: ReceivedMessage): Promise<void> {
    await clock.sleep(random.between(1, 5000));
    history.note('SQS', `visibility of ${messageId.slice(0, 8)} expires early`, body);
    try {
      queue.changeVisibility(receiptHandle, 0);
    } catch {
      // Deleted by then, or received again.
    }
  }

  async function work(messages: readonly ReceivedMessage[]): Promise<void> {
    if (messages.length === 0) return;
    busy++;
    const bodies = messages.map(({ body }) => body);
    const used = environment(bodies);
    const { machine } = used;
    const endsAt = clock.now() + functionTimeoutMs;
    const timeout = clock.setTimer(() => end('Lambda', 'kills it at its timeout'), functionTimeoutMs);
    const jump = faults.delivery('clockJumpsAtWork')
      ? clock.setTimer(() => jumpClock(machine, bodies), random.between(0, 3000))
      : undefined;
    const crash = faults.delivery('crash')
      ? clock.setTimer(() => end('Lambda', 'CRASH'), random.between(0, 3000))
      : undefined;
    function end(who: string, what: string) {
      history.note(who, `${machine.name}: ${what}`, bodies);
      machine.die();
    }

    history.note(
      machine.name,
      () =>
        `gets ${messages.map(({ messageId, attributes }) => `${messageId.slice(0, 8)}#${attributes.ApproximateReceiveCount}`).join(' ')}`,
      bodies,
    );
    const response = await Promise.race([
      used.consumer(
        {
          Records: messages.map(
            message => toSqsRecord(message, queue.arn, 'eu-west-1') as unknown as SQSRecord,
          ),
        },
        { getRemainingTimeInMillis: () => endsAt - clock.now() } as Context,
      ),
      machine.death,
    ]).catch(options.onThrown);
    timeout.cancel();
    crash?.cancel();
    jump?.cancel();
    if (response) {
      acknowledge(messages, new Set(response.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)));
    }
    if (!machine.dead) idle.push(used);
    busy--;
  }

  function acknowledge(messages: readonly ReceivedMessage[], returned: ReadonlySet<string>): void {
    for (const { messageId, receiptHandle, body } of messages) {
      if (returned.has(messageId)) continue;
      const lost = faults.delivery('acknowledgementLost');
      history.note('Lambda', `${lost ? 'LOSES the deletion of' : 'deletes'} ${messageId.slice(0, 8)}`, body);
      if (lost) continue;
      try {
        queue.delete(receiptHandle);
      } catch {
        // A FIFO queue's handle that has run out: the message comes again.
      }
    }
  }

  queue.onReceivable(receiveAll);
  return {
    get busy() {
      return busy;
    },
  };
}
