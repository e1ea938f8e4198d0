import { join, resolve } from 'node:path';
import { run, runInBackground } from './command.ts';
import { writeFiles } from './project-files.ts';
import type { Compiler, Project } from './projects.ts';
import { readmeExample } from './readme-example.ts';

export interface Tools {
  readonly tarball: string;
  /** The folder where every compiler is installed. */
  readonly compilers: string;
}

const README = resolve(import.meta.dirname, '../../README.md');
const CDK_CLI = resolve(import.meta.dirname, '../../node_modules/aws-cdk/bin/cdk');

/** Takes a project through all that its owner would do. Fails at the first step that does not work. */
export async function checkProject(folder: string, project: Project, tools: Tools): Promise<void> {
  const step = stepsOf(project.name);
  const { extension, test, packages, installOptions = [] } = project;
  await step('install', async () => {
    await project.create(folder);
    await writeFiles(folder, {
      ...readmeExample(README, extension),
      'test/email.test.ts': test.code,
    });
    const own = [...packages, tools.tarball, 'zod@4.6.7', '@aws-sdk/client-lambda@^3'];
    await run(folder, 'npm', 'install', ...installOptions, ...own);
  });
  for (const compiler of project.compilers) {
    // The one that is fast enough for it checks all declarations, ours among them.
    const options = compiler === 'typescript 7' ? ['--skipLibCheck', 'false'] : [];
    await step(compiler, () => run(folder, 'node', tscOf(tools, compiler), '--noEmit', ...options));
  }
  await step('cdk synth', () => run(folder, 'node', CDK_CLI, 'synth', '--quiet', '--no-notices'));
  await step('dev, send, runs', () => sendToDev(folder));
  const [command, ...args] = test.command;
  await step('its own test', () => run(folder, command, ...args));
}

function tscOf({ compilers }: Tools, compiler: Compiler): string {
  return join(compilers, 'node_modules', compiler.replace(' ', '-'), 'bin', 'tsc');
}

async function sendToDev(folder: string): Promise<void> {
  const dev = runInBackground(folder, 'npx', '--no', 'background-jobs', 'dev', '--port', '0');
  try {
    await dev.printed(/Ctrl-C stops it/);
    const payload = JSON.stringify({ userId: 'u-1', email: 'ada@example.com' });
    const sent = await run(folder, 'npx', '--no', 'background-jobs', 'send', 'send-welcome-email', payload);
    const runId = sent.stdout.trim();
    await dev.printed(new RegExp(`"runId":"${runId}"`));
    const { stdout } = await run(folder, 'npx', '--no', 'background-jobs', 'runs');
    if (!new RegExp(`succeeded .*${runId}`).test(stdout))
      throw new Error(`the run did not succeed:\n${stdout}`);
  } finally {
    await dev.interrupt();
  }
}

/** Prints a line for each step that worked. */
function stepsOf(name: string): (what: string, work: () => Promise<unknown>) => Promise<void> {
  return async (what, work) => {
    const startedAt = performance.now();
    try {
      await work();
    } catch (error) {
      throw new Error(`${what}: ${error instanceof Error ? error.message : error}`, { cause: error });
    }
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    console.log(`${name.padEnd(16)} ${what.padEnd(18)} ok ${seconds.padStart(6)} s`);
  };
}
