import type { SQSClient } from '@aws-sdk/client-sqs';
import { type Client, createClient } from '../../client/create-client.ts';
import type { QueueConfig } from '../../contract/environment.ts';
import { createConsumer } from '../../lambda/create-consumer.ts';
import { createChargeHandler } from './charge-handler.ts';
import { startCloud, TABLE } from './cloud.ts';
import { createFaultPlan } from './fault-plan.ts';
import { createHistory } from './history.ts';
import { judge, judgeRedriven, lettersIn, type Violation } from './judge.ts';
import { startLambdaHost } from './lambda-host.ts';
import { createLedger } from './ledger.ts';
import { createMachine, type Machine } from './machine.ts';
import { createNetwork } from './network.ts';
import { startOperator } from './operator.ts';
import { ATTEMPTS, charge, makeOrders } from './orders.ts';
import { createRandom, type Random } from './random.ts';
import { type AsProcess, createSender } from './sender.ts';
import { createStatusWatch } from './status-watch.ts';
import { createStepClock } from './step-clock.ts';

const FAULTS_UNTIL_MS = 15 * 60_000;
const SENDS_UNTIL_MS = 10 * 60_000;

/** A queue that is not empty by then never will be. */
const LONGEST_MS = 2 * 86_400_000;

export interface WorldOutcome {
  /** Those that happened, by their names. */
  readonly faults: ReadonlyMap<string, number>;
  readonly violations: readonly Violation[];
  /** What happened to a run, a line an event. */
  readonly historyOf: (runId: string) => string;
}

/** A task queue, its producers, consumers and operators, and all that goes wrong among them; the seed decides all. */
export async function runWorld(seed: number, tasks: number): Promise<WorldOutcome> {
  const random = createRandom(seed);
  // The client's own dice, for the jitter of what it repeats.
  const { random: unseeded } = Math;
  Math.random = random.next;
  try {
    return await runSeeded(random, tasks);
  } finally {
    Math.random = unseeded;
  }
}

async function runSeeded(random: Random, tasks: number): Promise<WorldOutcome> {
  const clock = createStepClock();
  const history = createHistory(clock);
  const faults = createFaultPlan(random, clock, FAULTS_UNTIL_MS);
  const ledger = createLedger();
  const violations: Violation[] = [];
  const fifo = random.chance(0.25);
  const functionTimeoutMs = fifo ? 230_000 : 23_000;
  const maxReceiveCount = (3 * ATTEMPTS + 10) * (fifo ? 10 : 1);
  const cloud = await startCloud(clock, {
    onItemWritten: item => watch(item),
    fifo,
    visibilityTimeoutSeconds: (6 * functionTimeoutMs) / 1000,
    // With too few receives SQS dead-letters what would have succeeded, until somebody sees it.
    maxReceiveCount: random.chance(0.3) ? random.between(2, 6) : maxReceiveCount,
  });
  clock.setTimer(() => cloud.changeMaxReceiveCount(maxReceiveCount), FAULTS_UNTIL_MS);
  const orders = makeOrders(tasks, fifo, random);
  const watch = createStatusWatch(orders, violation => violations.push(violation));
  const network = createNetwork({ cloud, clock, random, faults, history });
  const queue: QueueConfig = {
    url: cloud.queue.url,
    deadLetterUrl: cloud.deadLetterQueue.url,
    table: TABLE,
    tasks: [charge.name],
    fifo,
    trackQueued: random.chance(0.7),
    consumer: { concurrency: random.pick([1, 3, 10]), unknownTaskGraceSeconds: 60 },
  };
  let actors = 0;

  const handleCharge = createChargeHandler({ orders, random, clock, faults, ledger, history });

  function startConsumer(machine: Machine) {
    return createConsumer([handleCharge(machine)], {
      queues: [queue],
      ...network.clientsOf(machine),
      clock: machine.clock,
      random: random.next,
      log: line =>
        history.note(machine.name, () => `logs ${line.message} ${line.error?.message ?? ''}`, line),
    });
  }

  const asProcess: AsProcess = async <T>(
    name: string,
    work: (client: Client, sqs: SQSClient) => Promise<T>,
  ) => {
    const machine = createMachine(name, clock);
    const clients = network.clientsOf(machine);
    const client = createClient({
      queues: [queue],
      ...clients,
      clock: machine.clock,
      onWarning: ({ message }) => history.note(name, message),
    });
    return await Promise.race([work(client, clients.sqs), machine.death.then(() => undefined)]);
  };

  function act(atMs: number, work: () => Promise<void>): void {
    actors++;
    void clock
      .sleep(atMs)
      .then(work)
      .finally(() => actors--);
  }

  /** Lets time pass until nothing moves any more. */
  async function untilQuiet(fromMs: number): Promise<boolean> {
    clock.setTimer(() => {}, fromMs - clock.elapsed()); // Or the next thing may be weeks away.
    for (;;) {
      await cloud.settled();
      if (clock.elapsed() >= fromMs && isQuiet()) return true;
      if (clock.elapsed() > LONGEST_MS) return false;
      if (!clock.step()) return isQuiet();
    }
  }

  function isQuiet(): boolean {
    if (actors + host.busy + network.underWay > 0) return false;
    const { visible, inFlight, delayed } = cloud.queue.counts();
    return visible + inFlight + delayed + cloud.deadLetterQueue.counts().inFlight === 0;
  }

  const host = startLambdaHost({
    queue: cloud.queue,
    clock,
    random,
    faults,
    history,
    functionTimeoutMs,
    startConsumer,
    onThrown: error => violations.push({ kind: 'unexplained', what: `the consumer throws: ${error}` }),
  });
  const sender = createSender({
    queue,
    random,
    sleep: clock.sleep,
    asProcess,
    onWrong: (order, what) =>
      violations.push({ kind: 'unexplained', what: `order ${order.number}: ${what}`, runId: order.runId }),
  });
  for (let next = 0; next < orders.length; ) {
    const together = random.chance(0.2) ? orders.slice(next, next + random.between(2, 12)) : [];
    const alone = orders[next];
    next += Math.max(1, together.length);
    act(random.between(0, SENDS_UNTIL_MS), async () => {
      if (together.length > 0) await sender.sendTogether(together);
      else if (alone) await sender.send(alone);
    });
  }
  const operator = startOperator({ cloud, clock, random, history, orders, asProcess, act });

  const evidence = async () => ({
    orders,
    unreadable: operator.unreadable,
    ledger,
    items: await cloud.items(),
    letters: lettersIn(cloud.deadLetterQueue),
  });
  const stuck = (when: string): Violation => ({
    kind: 'unexplained',
    what: `the queue does not become empty ${when}`,
  });

  async function settle(): Promise<readonly Violation[]> {
    if (!(await untilQuiet(FAULTS_UNTIL_MS))) return [stuck('when the faults are over')];
    const settled = judge(await evidence());
    history.note('operator', 'all faults are over; redrives everything');
    // Twice: a run whose message SQS moved in its last attempt is given up by the first, and begins anew by the second.
    for (const round of [1, 2]) {
      act(0, async () => {
        const counts = await asProcess('operator', client => client.redriveAll());
        history.note('operator', JSON.stringify(counts));
      });
      if (!(await untilQuiet(0))) return [...settled, stuck(`after redrive ${round}`)];
    }
    return [...settled, ...judgeRedriven(await evidence())];
  }

  violations.push(...(await settle()));
  await cloud.close();
  return { faults: faults.happened, violations, historyOf: history.of };
}
