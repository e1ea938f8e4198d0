/**
 * The packed package in projects of other people: each is made in an empty folder outside of this repository, gets the
 * package and the README's example, and is type-checked, synthesized, run, and tested.
 *
 * `npm run test:packaging`, or with names of projects to run only those; `--keep` leaves the folders.
 */
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { checkProject } from './check-project.ts';
import { run } from './command.ts';
import { COMPILERS, PROJECTS, type Project } from './projects.ts';

const AT_ONCE = 2;
const REPOSITORY = resolve(import.meta.dirname, '../..');

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { keep: { type: 'boolean', default: false } },
});
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));
const folder = await mkdtemp(join(tmpdir(), 'strangers-'));
const waiting = PROJECTS.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
if (waiting.length === 0) throw new Error(`there is no project ${positionals}`);

const tarball = await pack();
const compilers = await installCompilers();
const failed: string[] = [];
await Promise.all(Array.from({ length: AT_ONCE }, checkWaiting));
if (values.keep) console.log(folder);
else await rm(folder, { recursive: true, force: true });
if (failed.length > 0) {
  console.log(`failed: ${failed.join(', ')}`);
  process.exitCode = 1;
}

async function pack(): Promise<string> {
  await run(REPOSITORY, 'npm', 'pack', '--ignore-scripts', `--pack-destination=${folder}`);
  const [name = ''] = await readdir(folder);
  return join(folder, name);
}

/** Beside the projects, so that what a project finds is its own. */
async function installCompilers(): Promise<string> {
  const own = join(folder, 'compilers');
  await mkdir(own);
  const packages = Object.entries(COMPILERS).map(
    ([name, version]) => `${name.replace(' ', '-')}@npm:typescript@${version}`,
  );
  await run(own, 'npm', 'install', '--ignore-scripts', ...packages);
  return own;
}

async function checkWaiting(): Promise<void> {
  for (let project = waiting.shift(); project; project = waiting.shift()) await check(project);
}

async function check(project: Project): Promise<void> {
  const own = join(folder, project.name);
  await mkdir(own);
  try {
    await checkProject(own, project, { tarball, compilers });
  } catch (error) {
    failed.push(project.name);
    console.log(`${project.name.padEnd(16)} FAILED\n${error instanceof Error ? error.message : error}`);
  }
  // Beside what the others do: it takes seconds.
  if (!values.keep) await rm(own, { recursive: true, force: true });
}
