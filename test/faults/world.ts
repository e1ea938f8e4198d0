import { type Client, createClient } from '../../client/create-client.ts';
import type { QueueConfig } from '../../contract/environment.ts';
import { NonRetryableError, RetryAfterError } from '../../contract/errors.ts';
import { createConsumer } from '../../lambda/create-consumer.ts';
import { handle } from '../../lambda/handle.ts';
import { startCloud, TABLE } from './cloud.ts';
import { createFaultPlan } from './fault-plan.ts';
import { createHistory } from './history.ts';
import { judge, judgeRedriven, lettersIn, type Violation } from './judge.ts';
import { startLambdaHost } from './lambda-host.ts';
import { createLedger } from './ledger.ts';
import { createMachine, type Machine } from './machine.ts';
import { createNetwork } from './network.ts';
import { startOperator } from './operator.ts';
import { type AsProcess, ATTEMPTS, charge, createSender, type Order } from './orders.ts';
import { createRandom, type Random } from './random.ts';
import { createStatusWatch } from './status-watch.ts';
import { createStepClock } from './step-clock.ts';

const FAULTS_UNTIL_MS = 15 * 60_000;
const SENDS_UNTIL_MS = 10 * 60_000;

/** A queue that is not empty by then never will be. */
const LONGEST_MS = 2 * 86_400_000;

export interface WorldOutcome {
  readonly faults: number;
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
  const cloud = await startCloud(clock, {
    fifo,
    visibilityTimeoutSeconds: (6 * functionTimeoutMs) / 1000,
    maxReceiveCount: (3 * ATTEMPTS + 10) * (fifo ? 10 : 1),
  });
  const watch = createStatusWatch(violation => violations.push(violation));
  const network = createNetwork({ cloud, clock, random, faults, history, onPerformed: watch });
  const queue: QueueConfig = {
    url: cloud.queue.url,
    deadLetterUrl: cloud.deadLetterQueue.url,
    table: TABLE,
    tasks: [charge.name],
    fifo,
    trackQueued: random.chance(0.7),
    consumer: { concurrency: random.pick([1, 3, 10]), unknownTaskGraceSeconds: 60 },
  };
  const orders = makeOrders();
  const byNumber = new Map(orders.map(order => [order.number, order]));
  let actors = 0;

  function makeOrders(): Order[] {
    return Array.from({ length: tasks }, (_, number) => ({
      number,
      key: random.chance(0.5) ? `order-${number}` : undefined,
      groupKey: fifo || random.chance(0.2) ? `group-${number % 4}` : undefined,
      poison: random.chance(0.08),
      runId: undefined,
      accepted: 0,
      cancelAsked: false,
      discardAsked: false,
    }));
  }

  function startConsumer(machine: Machine) {
    const handler = handle(charge, async ({ order }, run) => {
      const fault = byNumber.get(order)?.poison ? random.pick(['failsBefore', 'givesUp']) : faults.handler();
      history.note(
        machine.name,
        `handler of order ${order}, attempt ${run.attempt}${fault ? `: ${fault}` : ''}`,
        run.runId,
      );
      if (fault === 'diesBefore') await die(machine, run.runId);
      if (fault === 'hangs') machine.hang();
      await machine.clock.sleep(fault === 'overrunsTimeout' ? 45_000 : random.between(1, 200));
      if (random.chance(0.1)) await run.progress(0.5, 'half');
      if (fault === 'failsBefore')
        throw random.chance(0.2) ? new RetryAfterError('2s') : new Error('no connection');
      if (fault === 'givesUp') throw new NonRetryableError('no such account');
      if (random.chance(0.05)) await machine.clock.sleep(random.between(1000, 19_000));
      ledger.charge(run.idempotencyKey('effect'), order);
      if (fault === 'diesAfter') await die(machine, run.runId);
      if (fault === 'failsAfter') throw new Error('the answer was lost');
      return { order };
    });
    return createConsumer([handler], {
      queues: [queue],
      ...network.clientsOf(machine),
      clock: machine.clock,
      random: random.next,
      log: line =>
        history.note(machine.name, () => `logs ${line.message} ${line.error?.message ?? ''}`, line),
    });
  }

  async function die(machine: Machine, runId: string): Promise<void> {
    history.note(machine.name, 'CRASH in the handler', runId);
    machine.die();
    await machine.goesOn();
  }

  const asProcess: AsProcess = async <T>(name: string, work: (client: Client) => Promise<T>) => {
    const machine = createMachine(name, clock);
    const client = createClient({
      queues: [queue],
      ...network.clientsOf(machine),
      clock: machine.clock,
      onWarning: ({ message }) => history.note(name, message),
    });
    return await Promise.race([work(client), machine.death.then(() => undefined)]);
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
  if (await untilQuiet(FAULTS_UNTIL_MS)) {
    violations.push(...judge(await evidence()));
    history.note('operator', 'all faults are over; redrives everything');
    // Later than any consumer's clock may have said that it is.
    act(600_000, async () => {
      // Not those that come back meanwhile: poison would go round for ever.
      const filters = [{ cause: 'native' }, { to: new Date(clock.now()) }] as const;
      for (const filter of filters) {
        const counts = await asProcess('operator', client => client.redriveAll(filter));
        history.note('operator', JSON.stringify(counts));
      }
    });
    if (await untilQuiet(0)) violations.push(...judgeRedriven(await evidence()));
    else violations.push({ kind: 'unexplained', what: 'the queue does not become empty after the redrive' });
  } else {
    violations.push({ kind: 'unexplained', what: 'the queue does not become empty' });
  }
  await cloud.close();
  return { faults: faults.count, violations, historyOf: history.of };
}
