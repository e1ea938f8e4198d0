import type { ServiceName } from './cloud.ts';
import type { Random } from './random.ts';
import type { StepClock } from './step-clock.ts';

/** What can go wrong with one request, by how often. */
const REQUEST_FAULTS = {
  throttled: 4,
  serverError: 3,
  lostAnswer: 6,
  /** Of a batch, some entries. */
  partial: 4,
  /** Arrives very late, even after its sender's death. */
  slow: 4,
  crashBefore: 2,
  crashAfter: 4,
};

/** What can go wrong in a handler, by how often. */
const HANDLER_FAULTS = {
  failsBefore: 4,
  failsAfter: 3,
  givesUp: 1,
  diesBefore: 2,
  diesAfter: 2,
  overrunsTimeout: 2,
  hangs: 1,
  /** The process dies a moment later, whatever it does then. */
  outOfMemory: 1,
};

/** What can go wrong with a delivery, on Lambda's side. */
const DELIVERY_FAULTS = [
  'duplicate',
  'visibilityExpires',
  'acknowledgementLost',
  'crash',
  'wrongClock',
  /** Between two invocations, and in the middle of one. */
  'clockJumps',
  'clockJumpsAtWork',
] as const;

export type RequestFault = keyof typeof REQUEST_FAULTS;
export type HandlerFault = keyof typeof HANDLER_FAULTS;
export type DeliveryFault = (typeof DELIVERY_FAULTS)[number];

export const FAULTS: readonly string[] = [
  ...Object.keys(REQUEST_FAULTS),
  ...Object.keys(HANDLER_FAULTS),
  ...DELIVERY_FAULTS,
];

/** Which faults happen in a world, how often, and until when. */
export interface FaultPlan {
  /** Faults that have happened, by their names. */
  readonly happened: ReadonlyMap<string, number>;
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
  const requestMix = mixture(random, REQUEST_FAULTS);
  const handlerMix = mixture(random, HANDLER_FAULTS);
  const outages = Array.from({ length: random.between(0, 3) }, (): Outage => {
    const fromMs = random.between(0, untilMs);
    const service = random.pick<ServiceName>(['sqs', 'dynamodb']);
    return { service, fromMs, toMs: fromMs + random.between(5000, 180_000) };
  });
  const happened = new Map<string, number>();
  const happens = (rate: number) => clock.elapsed() < untilMs && random.chance(rate);
  function count<Name extends string>(fault: Name): Name {
    happened.set(fault, (happened.get(fault) ?? 0) + 1);
    return fault;
  }

  return {
    happened,
    request(service, action) {
      const nowMs = clock.elapsed();
      const out = outages.some(
        ({ service: failing, fromMs, toMs }) => failing === service && fromMs <= nowMs && nowMs < toMs,
      );
      if (out && happens(0.97)) return count(random.pick<RequestFault>(['throttled', 'serverError']));
      if (!happens(requestRate)) return undefined;
      const fault = random.weighted(requestMix);
      return count(fault === 'partial' && !action.endsWith('Batch') ? 'lostAnswer' : fault);
    },
    delivery(fault) {
      const chosen = happens(deliveryRate);
      if (chosen) count(fault);
      return chosen;
    },
    handler: () => (happens(handlerRate) ? count(random.weighted(handlerMix)) : undefined),
  };
}

/** The same faults in other proportions, some of them not at all: mixtures find what an average hides. */
function mixture<Name extends string>(random: Random, weights: Readonly<Record<Name, number>>) {
  const mixed: Record<Name, number> = { ...weights };
  const names = Object.keys(weights) as Name[];
  for (const name of names) if (random.chance(0.3)) mixed[name] = 0;
  return names.some(name => mixed[name] > 0) ? mixed : weights;
}
