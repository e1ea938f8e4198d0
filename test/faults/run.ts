import { parseArgs } from 'node:util';
import { FAULTS } from './fault-plan.ts';
import { runSuite } from './suite.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    tasks: { type: 'string', default: '10000' },
    world: { type: 'string' },
  },
});
const seed = Number(values.seed ?? Math.floor(Math.random() * 1_000_000));
const tasks = Number(values.tasks);
const result = await runSuite({
  seed,
  tasks,
  ...(values.world !== undefined && { world: Number(values.world) }),
  print: line => console.log(line),
});
console.log(`faults: ${[...result.faults].map(([fault, times]) => `${times} ${fault}`).join(', ')}`);
const never =
  tasks < 10_000 || values.world !== undefined ? [] : FAULTS.filter(fault => !result.faults.has(fault));
if (never.length > 0) console.log(`never happened: ${never.join(', ')}`);
console.log(result.summary);
// A fault that never happens shows nothing.
process.exitCode = result.kept && never.length === 0 ? 0 : 1;
