import { Command, Option } from 'commander';
import type { CancelFilter } from '../../client/cancel-runs.ts';
import type { Client } from '../../client/create-client.ts';
import { anyTask } from '../../contract/any-task.ts';
import { StartError } from '../../local/start-error.ts';
import { confirm, requireTerminal } from './confirm.ts';
import { confirmOne } from './confirm-one.ts';
import { parseDate, requireTarget } from './dead-letter-options.ts';
import { abortOnInterrupt, addOperatorOptions, type OperatorOptions, operate } from './operator-client.ts';

interface CancelCommandOptions extends OperatorOptions {
  readonly all?: boolean;
  readonly task?: string;
  readonly status?: NonNullable<CancelFilter['status']>;
  readonly from?: Date;
  readonly to?: Date;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

export function cancelCommand(): Command {
  return addOperatorOptions(new Command('cancel'))
    .description('Cancels a run, or the runs of a task: what waits never starts, what runs is asked to end.')
    .argument('[id]', "a run's id")
    .option('--all', 'all runs of --task')
    .option('--task <name>', 'whose runs')
    .addOption(
      new Option('--status <status>', 'those that are so').choices(['queued', 'running', 'retrying']),
    )
    .option('--from <date>', 'sent at this time or later (default: in the last 24 hours)', parseDate)
    .option('--to <date>', 'sent at this time or before', parseDate)
    .option('--dry-run', 'only say what would be done')
    .option('--yes', 'do not ask')
    .addHelpText(
      'after',
      '\nExample:\n  $ background-jobs cancel --all --task send-welcome-email --status queued',
    )
    .action(cancel);
}

async function cancel(id: string | undefined, options: CancelCommandOptions): Promise<void> {
  const { task, status, from, to } = options;
  const range = { ...(status && { status }), ...(from && { from }), ...(to && { to }) };
  requireTarget(id, options.all, { ofAll: { task, status, from, to, dryRun: options.dryRun } });
  await operate(options, async ({ client }) => {
    if (id !== undefined) return await cancelOne(client, id, options);
    if (task === undefined) throw new StartError('--all needs a --task');
    await cancelAll(client, { task: anyTask(task), ...range }, options);
  });
}

async function cancelOne(client: Client, id: string, { yes, json }: CancelCommandOptions): Promise<void> {
  await confirmOne(client, { id, verb: 'cancels' }, yes);
  const run = await client.cancelRun(id);
  const asked = run.status === 'running' ? ', asked to end' : '';
  process.stdout.write(json ? `${JSON.stringify(run)}\n` : `${id}: ${run.status}${asked}\n`);
}

async function cancelAll(client: Client, filter: CancelFilter, options: CancelCommandOptions): Promise<void> {
  const { dryRun, yes, json } = options;
  const signal = abortOnInterrupt();
  if (!dryRun && !yes) {
    requireTerminal(yes);
    const { canceled, requested } = await client.cancelRuns(filter, { dryRun: true, signal });
    await confirm(`This cancels ${canceled} runs that wait, and asks ${requested} running ones to end.`, yes);
  }
  const counts = await client.cancelRuns(filter, { dryRun: dryRun === true, signal });
  const { canceled, requested, ended, skipped } = counts;
  const line = `canceled: ${canceled}  asked to end: ${requested}  ended before: ${ended}  skipped: ${skipped}`;
  process.stdout.write(
    `${json ? JSON.stringify(counts) : dryRun ? `${line}  (dry run: nothing was changed)` : line}\n`,
  );
}
