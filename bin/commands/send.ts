import { Command } from 'commander';
import { StartError } from '../../local/start-error.ts';
import { anyTask } from './any-task.ts';
import { connectToDev, listTasks } from './dev-client.ts';

interface SendCommandOptions {
  readonly app: string;
  readonly key?: string;
  readonly group?: string;
}

export function sendCommand(): Command {
  return new Command('send')
    .description("Sends a task to a running dev, and prints its run's id.")
    .argument('<task>', "the task's name")
    .argument('<payload>', 'JSON')
    .option('--app <cdk.out>', 'the cloud assembly that dev runs', 'cdk.out')
    .option('--key <key>', 'idempotency key')
    .option('--group <key>', 'group key; a FIFO queue needs one')
    .addHelpText(
      'after',
      `\nExample:\n  $ background-jobs send send-welcome-email '{"userId":"u-1"}' --key u-1`,
    )
    .action(send);
}

async function send(task: string, payload: string, { app, key, group }: SendCommandOptions): Promise<void> {
  const { client, queues } = await connectToDev(app);
  if (!queues.some(queue => queue.tasks.includes(task))) {
    throw new StartError(`no queue carries a task '${task}'; there are ${listTasks(queues)}`);
  }
  const { runId, duplicate } = await client.sendTask(anyTask(task), parsePayload(payload), {
    ...(key !== undefined && { idempotencyKey: key }),
    ...(group !== undefined && { groupKey: group }),
  });
  process.stdout.write(duplicate ? `${runId} (it was there already)\n` : `${runId}\n`);
}

function parsePayload(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new StartError(
      `the payload is not JSON: ${error instanceof Error ? error.message : error}; got ${text}`,
    );
  }
}
