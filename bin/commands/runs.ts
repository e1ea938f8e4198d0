import { styleText } from 'node:util';
import { Command } from 'commander';
import type { Run } from '../../contract/run.ts';
import { StartError } from '../../local/start-error.ts';
import { describeAttempts, describeFailure } from './describe-run.ts';
import {
  addOperatorOptions,
  listTasks,
  type OperatorClient,
  type OperatorOptions,
  operate,
} from './operator-client.ts';
import { parseLimit } from './parse-limit.ts';

interface RunsOptions extends OperatorOptions {
  readonly task?: string;
  readonly limit: number;
}

export function runsCommand(): Command {
  return addOperatorOptions(new Command('runs'))
    .description('Shows the latest runs, or one run whole, with its history.')
    .argument('[id]', "a run's id")
    .option('--task <name>', 'of this task only')
    .option('--limit <n>', 'at most so many, 1 to 100', parseLimit, 20)
    .addHelpText('after', '\nExample:\n  $ background-jobs runs --task send-welcome-email --limit 5')
    .action(runs);
}

async function runs(id: string | undefined, options: RunsOptions): Promise<void> {
  await operate(options, connection =>
    id === undefined ? showLatest(connection, options) : showRun(connection, id, options),
  );
}

async function showRun({ client }: OperatorClient, id: string, { json }: RunsOptions): Promise<void> {
  const run = await client.getRun(id);
  if (run === undefined) throw new StartError(`there is no run ${id}`);
  process.stdout.write(`${JSON.stringify(run, null, json ? 0 : 2)}\n`);
}

async function showLatest(
  { client, queues }: OperatorClient,
  { task, limit, json }: RunsOptions,
): Promise<void> {
  const tasks = queues.flatMap(queue => queue.tasks).filter(name => task === undefined || name === task);
  if (tasks.length === 0)
    throw new StartError(`no queue carries a task '${task}'; there are ${listTasks(queues)}`);
  const runs: Run[] = [];
  // One task after another: each looks into a hundred partitions of the listing index at once.
  for (const name of tasks) runs.push(...(await client.listRuns({ task: { name }, limit })).runs);
  const latest = runs.toSorted((a, b) => b.createdAt.getTime() - a.createdAt.getTime()).slice(0, limit);
  if (latest.length === 0 && !json) process.stdout.write('no runs\n');
  const taskWidth = Math.max(0, ...latest.map(run => run.task.length));
  for (const run of latest) {
    process.stdout.write(`${json ? JSON.stringify(run) : describeRun(run, taskWidth)}\n`);
  }
}

const COLOURS = {
  queued: 'reset',
  running: 'reset',
  retrying: 'yellow',
  succeeded: 'green',
  deadLettered: 'red',
  canceled: 'gray',
} as const;

function describeRun({ runId, task, status, attempt, createdAt, error }: Run, taskWidth: number): string {
  const failure = error && status !== 'succeeded' ? `  ${describeFailure(error)}` : '';
  const shown = styleText(COLOURS[status], status.padEnd(12), { stream: process.stdout });
  return `${createdAt.toISOString()}  ${shown}  ${task.padEnd(taskWidth)}  ${runId}  ${describeAttempts(attempt)}${failure}`;
}
