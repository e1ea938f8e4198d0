import { Command } from 'commander';
import type { Client } from '../../client/create-client.ts';
import { confirm, requireTerminal } from './confirm.ts';
import { confirmOne } from './confirm-one.ts';
import { addFilterOptions, type FilterOptions, requireTarget, toFilter } from './dead-letter-options.ts';
import { abortOnInterrupt, addOperatorOptions, type OperatorOptions, operate } from './operator-client.ts';

interface DiscardCommandOptions extends OperatorOptions, FilterOptions {
  readonly all?: boolean;
  readonly reason: string;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

export function discardCommand(): Command {
  return addOperatorOptions(addFilterOptions(new Command('discard')))
    .description('Gives up one dead-lettered run, or all that match, for good.')
    .argument('[id]', "a run's id")
    .requiredOption('--reason <text>', 'why, for whoever reads the runs later')
    .option('--all', 'all dead letters, or those that the options choose')
    .option('--dry-run', 'only say what would be done')
    .option('--yes', 'do not ask')
    .addHelpText(
      'after',
      "\nExample:\n  $ background-jobs discard --all --task send-welcome-email --cause expired --reason 'too late'",
    )
    .action(discard);
}

async function discard(id: string | undefined, options: DiscardCommandOptions): Promise<void> {
  requireTarget(id, options.all, { ofAll: { ...toFilter(options), dryRun: options.dryRun } });
  await operate(options, async ({ client }) => {
    if (id === undefined) return await discardAll(client, options);
    await confirmOne(client, { id, verb: 'deletes the letter of, and discards,' }, options.yes);
    await client.discard(id, { reason: options.reason });
    process.stdout.write(options.json ? `${JSON.stringify({ runId: id })}\n` : `discarded: ${id}\n`);
  });
}

async function discardAll(client: Client, options: DiscardCommandOptions): Promise<void> {
  const { reason, dryRun, yes, json } = options;
  const filter = toFilter(options);
  const signal = abortOnInterrupt();
  if (!dryRun && !yes) {
    requireTerminal(yes);
    const plan = await client.discardAll(filter, { reason, dryRun: true, signal });
    await confirm(
      `This deletes ${plan.letters} dead letters and marks ${plan.letters + plan.runs} runs.`,
      yes,
    );
  }
  const counts = await client.discardAll(filter, { reason, dryRun: dryRun === true, signal });
  const { letters, runs, stale, skipped } = counts;
  const line = `letters: ${letters}  runs without a letter: ${runs}  stale: ${stale}  skipped: ${skipped}`;
  process.stdout.write(
    `${json ? JSON.stringify(counts) : dryRun ? `${line}  (dry run: nothing was changed)` : line}\n`,
  );
}
