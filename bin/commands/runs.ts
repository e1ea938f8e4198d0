import { Command, InvalidArgumentError } from 'commander';
import type { Run } from '../../contract/run.ts';
import { StartError } from '../../local/start-error.ts';
import { connectToDev, listTasks } from './dev-client.ts';

interface RunsOptions {
  readonly app: string;
  readonly task?: string;
  readonly limit: number;
  readonly json?: boolean;
}

export function runsCommand(): Command {
  return new Command('runs')
    .description('Shows the latest runs of a running dev, or one run whole.')
    .argument('[id]', "a run's id")
    .option('--app <cdk.out>', 'the cloud assembly that dev runs', 'cdk.out')
    .option('--task <name>', 'of this task only')
    .option('--limit <n>', 'at most so many, 1 to 100', parseLimit, 20)
    .option('--json', 'a line of JSON for each run')
    .addHelpText('after', '\nExample:\n  $ background-jobs runs --task send-welcome-email --limit 5')
    .action(runs);
}

async function runs(id: string | undefined, { app, task, limit, json }: RunsOptions): Promise<void> {
  const { client, queues } = await connectToDev(app);
  if (id !== undefined) {
    const run = await client.getRun(id);
    if (run === undefined) throw new StartError(`there is no run ${id}`);
    process.stdout.write(`${JSON.stringify(run, null, json ? 0 : 2)}\n`);
    return;
  }
  const tasks = queues.flatMap(queue => queue.tasks).filter(name => task === undefined || name === task);
  if (tasks.length === 0)
    throw new StartError(`no queue carries a task '${task}'; there are ${listTasks(queues)}`);
  const pages = await Promise.all(tasks.map(name => client.listRuns({ task: { name }, limit })));
  const latest = pages
    .flatMap(page => page.runs)
    .toSorted((a, b) => b.createdAt.getTime() - a.createdAt.getTime())
    .slice(0, limit);
  for (const run of latest) process.stdout.write(`${json ? JSON.stringify(run) : describeRun(run)}\n`);
}

function describeRun({ runId, task, status, attempt, createdAt, error }: Run): string {
  const attempts = attempt === 1 ? '1 attempt' : `${attempt} attempts`;
  const failure = error && status !== 'succeeded' ? `  ${error.name}: ${error.message}` : '';
  return `${createdAt.toISOString()}  ${status.padEnd(12)}  ${task}  ${runId}  ${attempts}${failure}`;
}

function parseLimit(text: string): number {
  const limit = Number(text);
  if (!Number.isInteger(limit) || limit < 1 || limit > 100) {
    throw new InvalidArgumentError('a limit is a whole number from 1 to 100.');
  }
  return limit;
}
