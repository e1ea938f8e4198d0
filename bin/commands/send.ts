import { Command } from 'commander';
import { anyTask } from '../../contract/any-task.ts';
import { StartError } from '../../local/start-error.ts';
import { addOperatorOptions, listTasks, type OperatorOptions, operate } from './operator-client.ts';

interface SendCommandOptions extends OperatorOptions {
  readonly key?: string;
  readonly group?: string;
}

export function sendCommand(): Command {
  return addOperatorOptions(new Command('send'))
    .description("Sends a task, and prints its run's id.")
    .argument('<task>', "the task's name")
    .argument('<payload>', 'JSON')
    .option('--key <key>', 'idempotency key')
    .option('--group <key>', 'group key; a FIFO queue needs one')
    .addHelpText(
      'after',
      `\nExample:\n  $ background-jobs send send-welcome-email '{"userId":"u-1"}' --key u-1`,
    )
    .action(send);
}

async function send(task: string, payload: string, options: SendCommandOptions): Promise<void> {
  const { key, group, json } = options;
  await operate(options, async ({ client, queues }) => {
    if (!queues.some(queue => queue.tasks.includes(task))) {
      throw new StartError(`no queue carries a task '${task}'; there are ${listTasks(queues)}`);
    }
    const sent = await client.sendTask(anyTask(task), parsePayload(payload), {
      ...(key !== undefined && { idempotencyKey: key }),
      ...(group !== undefined && { groupKey: group }),
    });
    const line = sent.duplicate ? `${sent.runId} (it was there already)` : sent.runId;
    process.stdout.write(`${json ? JSON.stringify(sent) : line}\n`);
  });
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
