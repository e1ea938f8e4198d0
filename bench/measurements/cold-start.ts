import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Bench } from '../harness/bench.ts';
import { atMost, type Figure, tracked } from '../harness/figure.ts';
import { takeTurns } from '../harness/take-turns.ts';

const run = promisify(execFile);
const loader = fileURLToPath(new URL('../harness/load-bundle.ts', import.meta.url));

/** Milliseconds from before the bundle is loaded until it has exported its handler: what grows with the code. */
export async function coldStart({ assembly, engine, quick }: Bench): Promise<readonly Figure[]> {
  const load = (queue: string, nodeOptions: readonly string[]) => async () => {
    const args = [...nodeOptions, loader, assembly.bundleOf(queue)];
    const { NODE_OPTIONS: _, ...env } = engine.queue(queue).environment;
    const { stdout } = await run(process.execPath, args, { env });
    return Number(stdout);
  };
  const rounds = quick ? 5 : 31;
  const bare = load('BareClients', []);
  const ours = await takeTurns(rounds, load('Lean', []), bare);
  const powertools = await takeTurns(rounds, load('Powertools', []), bare);
  const deployed = await takeTurns(rounds, load('Lean', ['--enable-source-maps']), bare);
  const how = `time to load the bundle, ${rounds} pairs of fresh processes in turns, median; against the bare clients`;
  return [
    atMost(1.12, {
      name: 'cold-start-ratio',
      value: ours.ratio,
      unit: 'ratio',
      how: `${how} (${ours.a.toFixed()} and ${ours.b.toFixed()} ms)`,
    }),
    tracked({
      name: 'cold-start-powertools-ratio',
      value: powertools.ratio,
      unit: 'ratio',
      how: `the same for plain Powertools batch + idempotency (${powertools.a.toFixed()} ms)`,
    }),
    tracked({
      name: 'cold-start-source-maps-ratio',
      value: deployed.ratio,
      unit: 'ratio',
      how: `ours with --enable-source-maps, as deployed by default (${deployed.a.toFixed()} ms); the clients without`,
    }),
  ];
}
