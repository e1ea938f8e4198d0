import { NonRetryableError, RetryAfterError } from '../../contract/errors.ts';
import { handle, type TaskHandler } from '../../lambda/handle.ts';
import type { FaultPlan } from './fault-plan.ts';
import type { History } from './history.ts';
import type { Ledger } from './ledger.ts';
import type { Machine } from './machine.ts';
import { charge, type Order } from './orders.ts';
import type { Random } from './random.ts';
import type { StepClock } from './step-clock.ts';

export interface ChargeHandlerOptions {
  readonly orders: readonly Order[];
  readonly random: Random;
  readonly clock: StepClock;
  readonly faults: FaultPlan;
  readonly ledger: Ledger;
  readonly history: History;
}

/** The handler that charges an order, on whichever machine; and what goes wrong in it. */
export function createChargeHandler(options: ChargeHandlerOptions): (machine: Machine) => TaskHandler {
  const { orders, random, clock, faults, ledger, history } = options;
  const byNumber = new Map(orders.map(order => [order.number, order]));
  let reservations = 0;

  async function die(machine: Machine, runId: string): Promise<void> {
    history.note(machine.name, 'CRASH in the handler', runId);
    machine.die();
    await machine.goesOn();
  }

  return machine =>
    handle(charge, async ({ order, remedied }, run) => {
      const { poison = false, stepped = false } = byNumber.get(order) ?? {};
      const fault = poison && !remedied ? random.pick(['failsBefore', 'givesUp']) : faults.handler();
      history.note(
        machine.name,
        `handler of order ${order}, attempt ${run.attempt}${fault ? `: ${fault}` : ''}`,
        run.runId,
      );
      if (fault === 'diesBefore') await die(machine, run.runId);
      if (fault === 'hangs') machine.hang();
      if (fault === 'outOfMemory') clock.setTimer(() => machine.die(), random.between(1, 400));
      await machine.clock.sleep(fault === 'overrunsTimeout' ? 45_000 : random.between(1, 200));
      if (random.chance(0.1)) await run.progress(0.5, 'half');
      if (stepped) {
        const { reservation } = await run.step('reserve', () => ({ reservation: ++reservations }));
        ledger.reserved(run.runId, reservation);
      }
      if (fault === 'failsBefore')
        throw random.chance(0.2) ? new RetryAfterError('2s') : new Error('no connection');
      if (fault === 'givesUp') throw new NonRetryableError('no such account');
      if (random.chance(0.05)) await machine.clock.sleep(random.between(1000, 19_000));
      ledger.charge(run.idempotencyKey('effect'), order);
      if (fault === 'diesAfter') await die(machine, run.runId);
      if (fault === 'failsAfter') throw new Error('the answer was lost');
      return { order };
    });
}
