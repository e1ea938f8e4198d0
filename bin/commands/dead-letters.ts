import { Command } from 'commander';
import type { Client } from '../../client/create-client.ts';
import type { DeadLetterFilter } from '../../client/dead-letter-filter.ts';
import type { DeadLetterGroup } from '../../client/group-dead-letters.ts';
import type { DeadLetteredRun } from '../../client/list-dead-letters.ts';
import type { DeadLetterMessage } from '../../client/read-dead-letter-queue.ts';
import type { QueueConfig } from '../../contract/environment.ts';
import { StartError } from '../../local/start-error.ts';
import { addFilterOptions, type FilterOptions, parseCount, toFilter } from './dead-letter-options.ts';
import { describeAttempts, describeFailure } from './describe-run.ts';
import { addOperatorOptions, listTasks, type OperatorOptions, operate } from './operator-client.ts';

interface DeadLettersOptions extends OperatorOptions, FilterOptions {
  readonly group?: boolean;
  readonly queue?: boolean;
  readonly limit: number;
}

export function deadLettersCommand(): Command {
  return addOperatorOptions(addFilterOptions(new Command('dead-letters')))
    .description('Shows the runs that were given up, and why.')
    .option('--group', 'grouped by how they failed')
    .option(
      '--queue',
      'what lies in the dead-letter queue itself, of one --task; what SQS moved is there alone',
    )
    .option('--limit <n>', 'at most so many', parseCount, 20)
    .addHelpText('after', '\nExample:\n  $ background-jobs dead-letters --task send-welcome-email --group')
    .action(deadLetters);
}

async function deadLetters(options: DeadLettersOptions): Promise<void> {
  const filter = toFilter(options);
  await operate(options, async ({ client, queues }) => {
    let printed = 0;
    const print = (object: object, line: string) => {
      printed++;
      process.stdout.write(`${options.json ? JSON.stringify(object) : line}\n`);
    };
    if (options.queue) {
      const task = { name: taskOf(options, queues) };
      const messages = await client.readDeadLetterQueue(task, { limit: options.limit });
      for (const message of messages) print(message, describeMessage(message));
    } else if (options.group) {
      const groups = await client.groupDeadLetters(filter);
      for (const group of groups.slice(0, options.limit)) print(group, describeGroup(group));
    } else {
      for await (const run of list(client, filter, options.limit)) print(run, describeRun(run));
    }
    if (printed === 0 && !options.json) process.stdout.write('no dead letters\n');
  });
}

function taskOf({ task }: DeadLettersOptions, queues: readonly QueueConfig[]): string {
  const [only, other] = queues;
  const name = task ?? (other === undefined ? only?.tasks[0] : undefined);
  if (name === undefined) throw new StartError(`--queue needs a --task; there are ${listTasks(queues)}`);
  return name;
}

async function* list(client: Client, filter: DeadLetterFilter, limit: number) {
  let left = limit;
  let cursor: string | undefined;
  do {
    const page = await client.listDeadLetters({
      ...filter,
      limit: Math.min(left, 100),
      ...(cursor && { cursor }),
    });
    yield* page.runs;
    left -= page.runs.length;
    cursor = page.cursor;
  } while (cursor !== undefined && left > 0);
}

function describeRun({ runId, task, finishedAt, cause, error, attempt }: DeadLetteredRun): string {
  const failure = error ? `  ${describeFailure(error)}` : '';
  return `${finishedAt?.toISOString()}  ${task}  ${runId}  ${cause}  ${describeAttempts(attempt)}${failure}`;
}

function describeGroup(group: DeadLetterGroup): string {
  const { count, task, cause, errorName, errorPattern, fingerprint, firstSeen, lastSeen, exampleRunId } =
    group;
  return (
    `${String(count).padStart(6)}  ${fingerprint}  ${task}  ${cause}  ${errorName}: ${errorPattern}  ` +
    `(${firstSeen.toISOString()} to ${lastSeen.toISOString()}, such as ${exampleRunId})`
  );
}

function describeMessage({ sentAt, task, runId, reason, malformed }: DeadLetterMessage): string {
  const why = reason ? `${reason.cause}  ${describeFailure(reason.error)}` : 'moved by SQS';
  return `${sentAt.toISOString()}  ${task}  ${runId}  ${why}${malformed ? `  (${malformed})` : ''}`;
}
