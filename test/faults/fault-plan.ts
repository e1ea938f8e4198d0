import type { ServiceName } from './cloud.ts';
import type { Random } from './random.ts';
import type { StepClock } from './step-clock.ts';

/** What can go wrong with one request. */
export type RequestFault =
  | 'throttled'
  | 'serverError'
  | 'lostAnswer'
  | 'partial'
  /** Arrives very late, even after its sender's death. */
  | 'slow'
  | 'crashBefore'
  | 'crashAfter';

/** What can go wrong with a delivery, on Lambda's side. */
export type DeliveryFault =
  | 'duplicate'
  | 'visibilityExpires'
  | 'acknowledgementLost'
  | 'crash'
  | 'clockJumps'
  | 'wrongClock';

/** What can go wrong in a handler. */
export type HandlerFault =
  | 'failsBefore'
  | 'failsAfter'
  | 'givesUp'
  | 'diesBefore'
  | 'diesAfter'
  | 'overrunsTimeout'
  | 'hangs';

/** Which faults happen in a world, how often, and until when. */
export interface FaultPlan {
  /** Faults that have happened. */
  readonly count: number;
  request(service: ServiceName, action: string): RequestFault | undefined;
  delivery(fault: DeliveryFault): boolean;
  handler(): HandlerFault | undefined;
}

interface Outage {
  readonly service: ServiceName;
  readonly fromMs: number;
  readonly toMs: number;
}

/** @param untilMs since the beginning: from then on all goes well */
export function createFaultPlan(random: Random, clock: StepClock, untilMs: number): FaultPlan {
  const requestRate = random.pick([0, 0.02, 0.05, 0.15, 0.35]);
  const handlerRate = random.pick([0, 0.05, 0.2, 0.5]);
  const deliveryRate = random.pick([0, 0.02, 0.1, 0.3]);
  const requestMix = mixture(random, {
    throttled: 4,
    serverError: 3,
    lostAnswer: 6,
    partial: 4,
    slow: 4,
    crashBefore: 2,
    crashAfter: 4,
  });
  const handlerMix = mixture(random, {
    failsBefore: 4,
    failsAfter: 3,
    givesUp: 1,
    diesBefore: 2,
    diesAfter: 2,
    overrunsTimeout: 2,
    hangs: 1,
  });
  const outages = Array.from({ length: random.between(0, 3) }, (): Outage => {
    const fromMs = random.between(0, untilMs);
    const service = random.pick<ServiceName>(['sqs', 'dynamodb']);
    return { service, fromMs, toMs: fromMs + random.between(5000, 180_000) };
  });
  let count = 0;
  const happens = (rate: number) => {
    const chosen = clock.elapsed() < untilMs && random.chance(rate);
    if (chosen) count++;
    return chosen;
  };

  return {
    get count() {
      return count;
    },
    request(service, action) {
      const nowMs = clock.elapsed();
      const out = outages.some(
        ({ service: failing, fromMs, toMs }) => failing === service && fromMs <= nowMs && nowMs < toMs,
      );
      if (out && happens(0.97)) return random.pick(['throttled', 'serverError']);
      if (!happens(requestRate)) return undefined;
      const fault = random.weighted(requestMix);
      return fault === 'partial' && !action.endsWith('Batch') ? 'lostAnswer' : fault;
    },
    delivery: () => happens(deliveryRate),
    handler: () => (happens(handlerRate) ? random.weighted(handlerMix) : undefined),
  };
}

/** The same faults in other proportions, some of them not at all: mixtures find what an average hides. */
function mixture<Name extends string>(random: Random, weights: Readonly<Record<Name, number>>) {
  const mixed: Record<Name, number> = { ...weights };
  const names = Object.keys(weights) as Name[];
  for (const name of names) if (random.chance(0.3)) mixed[name] = 0;
  return names.some(name => mixed[name] > 0) ? mixed : weights;
}
