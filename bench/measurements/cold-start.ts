import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Bench } from '../harness/bench.ts';
import { atMost, type Figure, tracked } from '../harness/figure.ts';
import { takeTurns } from '../harness/take-turns.ts';

const run = promisify(execFile);
const loader = fileURLToPath(new URL('../harness/load-bundle.ts', import.meta.url));

/**
 * Milliseconds from before the bundle is loaded until it has exported its handler: what grows with the code. Ours is as
 * deployed; what it is measured against is as `NodejsFunction` bundles it, minified and whole.
 */
export async function coldStart({ assembly, engine, quick }: Bench): Promise<readonly Figure[]> {
  const load =
    (queue: string, bundle: string, nodeOptions: readonly string[] = []) =>
    async () => {
      const { NODE_OPTIONS: _, ...env } = engine.queue(queue).environment;
      const { stdout } = await run(process.execPath, [...nodeOptions, loader, bundle], { env });
      return Number(stdout);
    };
  const rounds = quick ? 5 : 31;
  const ourBundle = assembly.bundleOf('Lean');
  const oursAlone = load('Lean', ourBundle);
  const bare = load('BareClients', assembly.wholeBundleOf('BareClients'));
  const ours = await takeTurns(rounds, oursAlone, bare);
  const powertools = await takeTurns(rounds, load('Powertools', assembly.wholeBundleOf('Powertools')), bare);
  const ownCode = await takeTurns(rounds, oursAlone, load('BareClients', assembly.bundleOf('BareClients')));
  const deployed = await takeTurns(rounds, load('Lean', ourBundle, ['--enable-source-maps']), bare);
  const how = `time to load the bundle, ${rounds} pairs of fresh processes in turns, median; against the bare clients`;
  return [
    atMost(1.12, {
      name: 'cold-start-ratio',
      value: ours.ratio,
      unit: 'ratio',
      how: `${how}, bundled whole (${ours.a.toFixed()} and ${ours.b.toFixed()} ms)`,
    }),
    tracked({
      name: 'cold-start-powertools-ratio',
      value: powertools.ratio,
      unit: 'ratio',
      how: `the same for plain Powertools batch + idempotency, bundled whole (${powertools.a.toFixed()} ms)`,
    }),
    tracked({
      name: 'cold-start-own-code-ratio',
      value: ownCode.ratio,
      unit: 'ratio',
      how:
        'ours where TaskQueue bundles both, and leaves out of both what Lambda does not need ' +
        `(${ownCode.a.toFixed()} and ${ownCode.b.toFixed()} ms)`,
    }),
    tracked({
      name: 'cold-start-source-maps-ratio',
      value: deployed.ratio,
      unit: 'ratio',
      how: `ours with --enable-source-maps, as deployed by default (${deployed.a.toFixed()} ms); the clients without`,
    }),
  ];
}
