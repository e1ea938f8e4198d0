import type { BenchAssembly } from './assembly.ts';
import type { BenchEngine } from './engine.ts';
import type { Figure } from './figure.ts';

/** What all measurements share. */
export interface Bench {
  readonly assembly: BenchAssembly;
  /** Runs the stack `Comparison`. */
  readonly engine: BenchEngine;
  /** Fewer tasks and rounds: to see that a measurement works, not for its figure. */
  readonly quick: boolean;
  /** Empty, and the bench's own. */
  readonly scratchFolder: string;
}

export type Measurement = (bench: Bench) => Promise<readonly Figure[]>;
