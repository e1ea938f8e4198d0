/** Counts invocations that run at once: a function's reserved concurrency, or what all others share. */
export interface ConcurrencyPool {
  /** False when the limit is reached: the invocation is throttled. After true, `leave` must follow. */
  enter(): boolean;
  leave(): void;
}

export function createConcurrencyPool(limit: number): ConcurrencyPool {
  let running = 0;
  return {
    enter() {
      if (running >= limit) return false;
      running += 1;
      return true;
    },
    leave() {
      running -= 1;
    },
  };
}
