import { execFile } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Bench } from '../harness/bench.ts';
import { atMost, type Figure } from '../harness/figure.ts';
import { takeTurns } from '../harness/take-turns.ts';

const run = promisify(execFile);
const program = fileURLToPath(new URL('../harness/synth-example.ts', import.meta.url));

/** Whole processes, from `node` to its end. */
export async function synth({ quick, scratchFolder }: Bench): Promise<readonly Figure[]> {
  const outdir = join(scratchFolder, 'synth');
  const synthesize = (kind: 'ours' | 'raw') => async () => {
    await rm(outdir, { recursive: true, force: true });
    const start = performance.now();
    await run(process.execPath, [program, kind, outdir], {
      env: { ...process.env, CDK_VALIDATION: 'false' },
    });
    return (performance.now() - start) / 1000;
  };

  await synthesize('ours')();
  const ours = await resourceTypes(outdir);
  await synthesize('raw')();
  const raw = await resourceTypes(outdir);
  if (ours !== raw) throw new Error(`The stacks differ: ours has ${ours}\nraw has ${raw}`);

  const rounds = quick ? 1 : 15;
  const { a, b, ratio } = await takeTurns(rounds, synthesize('ours'), synthesize('raw'));
  return [
    atMost(1.1, {
      name: 'synth-ratio',
      value: ratio,
      unit: 'ratio',
      how:
        'a process that synthesizes the example, bundling included and template validation off, against one with the ' +
        `same resources in raw CDK (${a.toFixed(2)} and ${b.toFixed(2)} s); ${rounds} pairs in turns, median`,
    }),
  ];
}

/** How many of each type the stack has, for comparison. */
async function resourceTypes(folder: string): Promise<string> {
  const text = await readFile(join(folder, 'Example.template.json'), 'utf8');
  const { Resources } = JSON.parse(text) as { Resources: Record<string, { Type: string }> };
  const types = Object.values(Resources).map(({ Type }) => Type);
  const counted = [...new Set(types)]
    .sort()
    .map(type => `${types.filter(each => each === type).length} ${type}`);
  return counted.join(', ');
}
