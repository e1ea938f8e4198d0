import { parseArgs } from 'node:util';
import { runSuite } from './suite.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    tasks: { type: 'string', default: '10000' },
    world: { type: 'string' },
  },
});
const seed = Number(values.seed ?? Math.floor(Math.random() * 1_000_000));
const result = await runSuite({
  seed,
  tasks: Number(values.tasks),
  ...(values.world !== undefined && { world: Number(values.world) }),
  print: line => console.log(line),
});
console.log(result.summary);
process.exitCode = result.kept ? 0 : 1;
