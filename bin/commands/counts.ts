import { Command } from 'commander';
import { addOperatorOptions, type OperatorOptions, operate } from './operator-client.ts';

export function countsCommand(): Command {
  return addOperatorOptions(new Command('counts'))
    .description('Counts the messages of every task queue and its dead-letter queue.')
    .addHelpText('after', '\nExample:\n  $ background-jobs counts --json')
    .action(counts);
}

async function counts(options: OperatorOptions): Promise<void> {
  await operate(options, async ({ client, queues }) => {
    for (const { url, tasks } of queues) {
      const [name] = tasks;
      if (name === undefined) continue;
      const counted = await client.countRuns({ name });
      const { waiting, inFlight, delayed, deadLettered } = counted;
      const line = `waiting: ${waiting}  in flight: ${inFlight}  delayed: ${delayed}  dead letters: ${deadLettered}`;
      process.stdout.write(
        `${options.json ? JSON.stringify({ url, tasks, ...counted }) : `${tasks.join(', ')}\n  ${line}`}\n`,
      );
    }
  });
}
