import { Command, InvalidArgumentError } from 'commander';
import type { Client } from '../../client/create-client.ts';
import type { RedriveCounts } from '../../client/redrive-all.ts';
import { anyTask } from '../../contract/any-task.ts';
import { StartError } from '../../local/start-error.ts';
import { confirm, requireTerminal } from './confirm.ts';
import { confirmOne } from './confirm-one.ts';
import {
  addFilterOptions,
  type FilterOptions,
  parseCount,
  requireTarget,
  toFilter,
} from './dead-letter-options.ts';
import { abortOnInterrupt, addOperatorOptions, type OperatorOptions, operate } from './operator-client.ts';

interface RedriveCommandOptions extends OperatorOptions, FilterOptions {
  readonly all?: boolean;
  readonly payload?: { readonly json: unknown };
  readonly evenIfDiscarded?: boolean;
  readonly limit?: number;
  readonly rate?: number;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

export function redriveCommand(): Command {
  return addOperatorOptions(addFilterOptions(new Command('redrive')))
    .description('Begins a new life of one dead-lettered run, or of all that match.')
    .argument('[id]', "a run's id")
    .option('--payload <json>', 'for one run: the payload, edited', parsePayload)
    .option('--even-if-discarded', 'for one run: although it was discarded')
    .option('--all', 'all dead letters, or those that the options choose')
    .option('--limit <n>', 'at most so many', parseCount)
    .option('--rate <n>', 'at most so many a second', Number)
    .option('--dry-run', 'only say what would be done')
    .option('--yes', 'do not ask')
    .addHelpText('after', '\nExample:\n  $ background-jobs redrive --all --task send-welcome-email --rate 20')
    .action(redrive);
}

async function redrive(id: string | undefined, options: RedriveCommandOptions): Promise<void> {
  const { payload, evenIfDiscarded, limit, rate, dryRun } = options;
  requireTarget(id, options.all, {
    ofOne: { payload, evenIfDiscarded },
    ofAll: { ...toFilter(options), limit, rate, dryRun },
  });
  await operate(options, async ({ client }) => {
    if (id === undefined) await redriveAll(client, options);
    else await redriveOne(client, id, options);
  });
}

async function redriveOne(client: Client, id: string, options: RedriveCommandOptions): Promise<void> {
  const { payload, evenIfDiscarded = false, yes, json } = options;
  const edit = payload && { task: anyTask(await taskOf(client, id)), payload: payload.json };
  await confirmOne(
    client,
    { id, verb: 'begins a new life of', more: edit ? ', with another payload' : '' },
    yes,
  );
  const { epoch } = await client.redrive(id, { evenIfDiscarded, ...(edit && { edit }) });
  process.stdout.write(
    json ? `${JSON.stringify({ runId: id, epoch })}\n` : `redriven: ${id}, epoch ${epoch}\n`,
  );
}

async function taskOf(client: Client, id: string): Promise<string> {
  const run = await client.getRun(id);
  if (run === undefined) throw new StartError(`there is no run ${id}`);
  return run.task;
}

async function redriveAll(client: Client, options: RedriveCommandOptions): Promise<void> {
  const { limit, rate, dryRun, yes, json } = options;
  const filter = toFilter(options);
  const bounds = { ...(limit !== undefined && { limit }), ...(rate !== undefined && { rate }) };
  const signal = abortOnInterrupt();
  if (!dryRun && !yes) {
    requireTerminal(yes);
    const plan = await client.redriveAll(filter, {
      ...bounds,
      rate: Number.POSITIVE_INFINITY,
      dryRun: true,
      signal,
    });
    await confirm(`This redrives ${plan.redriven} dead letters and removes ${plan.stale} stale ones.`, yes);
  }
  const counts = await client.redriveAll(filter, { ...bounds, dryRun: dryRun === true, signal });
  process.stdout.write(`${json ? JSON.stringify(toJson(counts)) : describe(counts, dryRun)}\n`);
  if (counts.firstError) {
    throw new StartError(
      `${counts.failed} letters were not taken by SQS; the first: ${counts.firstError.message}`,
    );
  }
}

const toJson = ({ firstError, ...counts }: RedriveCounts) => ({
  ...counts,
  ...(firstError && { firstError: firstError.message }),
});

function describe({ redriven, stale, skipped, failed }: RedriveCounts, dryRun: boolean | undefined): string {
  const line = `redriven: ${redriven}  stale: ${stale}  skipped: ${skipped}  failed: ${failed}`;
  return dryRun ? `${line}  (dry run: nothing was changed)` : line;
}

function parsePayload(text: string): { json: unknown } {
  try {
    return { json: JSON.parse(text) };
  } catch (error) {
    throw new InvalidArgumentError(`it is not JSON: ${error instanceof Error ? error.message : error}.`);
  }
}
