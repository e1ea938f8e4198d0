import type { Violation } from './judge.ts';
import { runWorld } from './world.ts';

export interface SuiteOptions {
  readonly seed: number;
  /** Orders, over all worlds. */
  readonly tasks: number;
  /** Runs this world alone. */
  readonly world?: number;
  readonly print: (text: string) => void;
}

export interface SuiteResult {
  readonly summary: string;
  /** Whether every promise was kept. */
  readonly kept: boolean;
}

/** Each world has faults in proportions of its own, and is small enough for its history to be read. */
const TASKS_A_WORLD = 50;

/** Whose histories are printed; the others are counted. */
const MOST_PRINTED = 3;

export async function runSuite({ seed, tasks, world, print }: SuiteOptions): Promise<SuiteResult> {
  const worlds = Math.ceil(tasks / TASKS_A_WORLD);
  const chosen = world === undefined ? Array.from({ length: worlds }, (_, index) => index) : [world];
  const found: Violation[] = [];
  let faults = 0;
  let sent = 0;
  for (const index of chosen) {
    const size = Math.min(TASKS_A_WORLD, tasks - index * TASKS_A_WORLD);
    const outcome = await runWorld(seed * 100_003 + index, size);
    sent += size;
    faults += outcome.faults;
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
      `summary: seed=${seed} tasks=${sent} faults=${faults} lost=${count('lost')} ` +
      `doubleEffects=${count('doubleEffect')} unexplained=${count('unexplained')}`,
    kept: found.length === 0,
  };
}
