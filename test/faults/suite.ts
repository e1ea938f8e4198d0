import type { Violation } from './judge.ts';
import { runWorld } from './world.ts';

export interface SuiteOptions {
  readonly seed: number;
  /** Orders, over all worlds. */
  readonly tasks: number;
  /** Runs this world alone. */
  readonly world?: number;
  /**
   * Looks no further once a promise was broken.
   * @default false
   */
  readonly stopAtViolation?: boolean;
  readonly print: (text: string) => void;
}

export interface SuiteResult {
  readonly summary: string;
  /** How often each has happened. */
  readonly faults: ReadonlyMap<string, number>;
  /** Whether every promise was kept. */
  readonly kept: boolean;
}

/** Each world has faults in proportions of its own, and is small enough for its history to be read. */
const TASKS_A_WORLD = 50;

/** Whose histories are printed; the others are counted. */
const MOST_PRINTED = 3;

export async function runSuite(options: SuiteOptions): Promise<SuiteResult> {
  const { seed, tasks, world, stopAtViolation = false, print } = options;
  const worlds = Math.ceil(tasks / TASKS_A_WORLD);
  const chosen = world === undefined ? Array.from({ length: worlds }, (_, index) => index) : [world];
  const found: Violation[] = [];
  const faults = new Map<string, number>();
  let sent = 0;
  for (const index of chosen) {
    if (stopAtViolation && found.length > 0) break;
    const size = Math.min(TASKS_A_WORLD, tasks - index * TASKS_A_WORLD);
    const outcome = await runWorld(seed * 100_003 + index, size);
    sent += size;
    for (const [fault, times] of outcome.faults) faults.set(fault, (faults.get(fault) ?? 0) + times);
    for (const violation of outcome.violations) {
      found.push(violation);
      if (found.length > MOST_PRINTED) continue;
      const { kind, what, runId } = violation;
      print(
        `${kind} in world ${index}: ${what}\n  again: npm run faults -- --seed ${seed} --tasks ${tasks} --world ${index}`,
      );
      if (runId !== undefined) print(`run ${runId}\n${outcome.historyOf(runId)}\n`);
    }
  }
  const count = (kind: Violation['kind']) => found.filter(violation => violation.kind === kind).length;
  return {
    summary:
      `summary: seed=${seed} tasks=${sent} faults=${sum(faults.values())} lost=${count('lost')} ` +
      `doubleEffects=${count('doubleEffect')} unexplained=${count('unexplained')}`,
    faults,
    kept: found.length === 0,
  };
}

const sum = (numbers: Iterable<number>) => [...numbers].reduce((total, number) => total + number, 0);
