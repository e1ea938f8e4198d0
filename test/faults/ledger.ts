export interface Effect {
  readonly key: string;
  readonly order: number;
  /** How often it was asked for; it happened once. */
  asked: number;
}

/**
 * What the handlers' tasks were about: the books of a payment provider, which know nothing of runs and which a second
 * request with the same key does not change. An order that is charged under two keys was charged twice.
 */
export interface Ledger {
  charge(key: string, order: number): void;
  /** A step of a run came to this result. */
  reserved(runId: string, result: number): void;
  /** The runs whose step was carried out to more than one result. */
  reservedTwice(): readonly string[];
  /** The charges of an order. */
  effectsOf(order: number): readonly Effect[];
  orders(): readonly number[];
}

export function createLedger(): Ledger {
  const effects = new Map<string, Effect>();
  const reservations = new Map<string, Set<number>>();
  return {
    charge(key, order) {
      const effect = effects.get(key) ?? { key, order, asked: 0 };
      if (effect.order !== order)
        throw new Error(`key ${key} was for order ${effect.order}, now for ${order}`);
      effect.asked++;
      effects.set(key, effect);
    },
    reserved(runId, result) {
      const results = reservations.get(runId) ?? new Set();
      reservations.set(runId, results.add(result));
    },
    reservedTwice: () => [...reservations].flatMap(([runId, results]) => (results.size > 1 ? [runId] : [])),
    effectsOf: order => [...effects.values()].filter(effect => effect.order === order),
    orders: () => [...new Set([...effects.values()].map(({ order }) => order))],
  };
}
