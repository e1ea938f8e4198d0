/**
 * `npm run bench [-- --quick] [-- --only <measurement>...]`: prints a table, and writes `bench/results.json` and the
 * figures of the README.
 */
import { rmSync } from 'node:fs';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { synthesizeBench } from './harness/assembly.ts';
import type { Measurement } from './harness/bench.ts';
import { startBenchEngine } from './harness/engine.ts';
import type { Figure } from './harness/figure.ts';
import { withFigures } from './harness/readme-figures.ts';
import { bundleSize } from './measurements/bundle-size.ts';
import { coldStart } from './measurements/cold-start.ts';
import { consumerCpu } from './measurements/consumer-cpu.ts';
import { exports } from './measurements/exports.ts';
import { firstTask } from './measurements/first-task.ts';
import { growth } from './measurements/growth.ts';
import { localThroughput } from './measurements/local-throughput.ts';
import { requestsAndCost } from './measurements/requests-and-cost.ts';
import { sendThroughput } from './measurements/send-throughput.ts';
import { stepOverhead } from './measurements/step-overhead.ts';
import { synth } from './measurements/synth.ts';

const MEASUREMENTS: Readonly<Record<string, Measurement>> = {
  requestsAndCost,
  bundleSize,
  coldStart,
  consumerCpu,
  sendThroughput,
  localThroughput,
  firstTask,
  synth,
  growth,
  stepOverhead,
  exports,
};

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true, default: Object.keys(MEASUREMENTS) },
  },
});
process.env.CDK_VALIDATION = 'false';
// Outside of the project: its package.json would make Node take the bundles, which are CommonJS, for ES modules.
const scratchFolder = await mkdtemp(join(tmpdir(), 'background-jobs-bench-'));
process.once('exit', () => rmSync(scratchFolder, { recursive: true, force: true }));
const assembly = synthesizeBench(join(scratchFolder, 'cdk.out'));
const engine = await startBenchEngine(assembly.folder, 'Comparison');
// Clients that are made without options, as a Lambda function makes them, reach this engine.
Object.assign(process.env, engine.clientEnvironment);
const figures: Figure[] = [];
try {
  for (const name of values.only) {
    const measure = MEASUREMENTS[name];
    if (!measure) throw new Error(`--only must name ${Object.keys(MEASUREMENTS).join(', ')}; got ${name}`);
    for (const figure of await measure({ assembly, engine, scratchFolder, quick: values.quick })) {
      figures.push(figure);
      print(figure);
    }
  }
} finally {
  await engine.stop();
}
if (!values.quick) await write(figures);

/** Figures that were not measured now stay as they are. */
async function write(measured: readonly Figure[]): Promise<void> {
  const file = new URL('results.json', import.meta.url);
  const complete = Object.keys(MEASUREMENTS).every(name => values.only.includes(name));
  const before = complete ? [] : (JSON.parse(await readFile(file, 'utf8')) as readonly Figure[]);
  const now = new Map([...before, ...measured].map(figure => [figure.name, figure]));
  await writeFile(file, `${JSON.stringify([...now.values()], null, 2)}\n`);
  const readme = new URL('../README.md', import.meta.url);
  await writeFile(readme, withFigures(await readFile(readme, 'utf8'), [...now.values()]));
}

function print({ name, value, unit, goal, met, how }: Figure): void {
  const verdict = met === null ? '' : met ? 'met' : 'NOT MET';
  const cells = [
    name.padEnd(38),
    `${value} ${unit}`.padEnd(18),
    (goal ?? '').padEnd(8),
    verdict.padEnd(8),
    how,
  ];
  process.stdout.write(`${cells.join(' ')}\n`);
}
