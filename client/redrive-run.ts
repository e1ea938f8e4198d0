import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { decodeMessage, type Envelope } from '../contract/envelope.ts';
import type { QueueConfig } from '../contract/environment.ts';
import { toJsonPayload, validatePayload } from '../contract/payload.ts';
import { isTerminal } from '../contract/run.ts';
import { isDiscarded, type RunItem } from '../contract/run-item.ts';
import type { PayloadInput, TaskDefinition } from '../contract/task.ts';
import type { ClientContext } from './client-context.ts';
import { restoreDiscarded } from './discard-undo.ts';
import { queuesOf } from './find-queue.ts';
import { type FoundRun, findRun } from './find-run.ts';
import { judgeLetters } from './judge-dead-letter.ts';
import { pack, storeLargePayload } from './large-payload.ts';
import { type OutgoingMessage, toMessage } from './prepared-send.ts';
import { redriveEnvelope, redriveLetter } from './redrive-message.ts';
import { walkDeadLetters } from './walk-dead-letters.ts';

export interface RedriveOptions<Task extends TaskDefinition = TaskDefinition> {
  /** Sends this payload in the place of the one that failed. The task is the run's own; its schema must accept it. */
  readonly edit?: { readonly task: Task; readonly payload: PayloadInput<Task> };
  /**
   * Whether a run may be redriven that was discarded.
   * @default false
   */
  readonly evenIfDiscarded?: boolean;
}

export interface RedrivenRun {
  readonly runId: string;
  /** The life that it begins. */
  readonly epoch: number;
}

export async function redrive<Task extends TaskDefinition>(
  context: ClientContext,
  runId: string,
  { edit, evenIfDiscarded = false }: RedriveOptions<Task> = {},
): Promise<RedrivenRun> {
  const editor = edit && (await makeEditor(edit));
  const found = await findRun(context, runId);
  if (found) refuse(found.item, evenIfDiscarded);
  if (found && isDiscarded(found.item)) await restoreDiscarded(context, found);
  const stored = found && fromItem(context, found);
  if (!stored) return await redriveFromQueue(context, runId, found?.item, editor);
  const message = editor ? editor(stored) : stored;
  await storeLargePayload(context, message.queue, message);
  await context.sqs.send(new SendMessageCommand({ QueueUrl: message.queue.url, ...toMessage(message) }));
  return { runId, epoch: message.envelope.epoch };
}

type Editor = <Message extends OutgoingMessage>(message: Message) => Message;

/**
 * Gives a message another payload, and an epoch of its own: the letter with the old payload has the epoch that the
 * message had, and must be stale once this one has begun.
 */
async function makeEditor({ task, payload }: { task: TaskDefinition; payload: unknown }): Promise<Editor> {
  const { json, asSeen } = toJsonPayload(task.name, payload);
  await validatePayload(task, asSeen);
  return message => {
    const { runId, task: ofRun, epoch } = message.envelope;
    if (ofRun !== task.name) {
      throw new Error(
        `Run ${runId} is of task '${ofRun}', so it cannot get a payload of task '${task.name}'`,
      );
    }
    const { payloadRef: _, ...edited } = { ...message.envelope, epoch: epoch + 1 };
    return { ...message, ...pack(edited, json, message.queue) };
  };
}

/** A run that has not ended may still have its one message in the dead-letter queue, moved there by SQS. */
function refuse(item: RunItem, evenIfDiscarded: boolean): void {
  const { runId, status } = item;
  if (isDiscarded(item) && !evenIfDiscarded) {
    throw new Error(
      `Run ${runId} was discarded on ${new Date(item.discardedAt).toISOString()} (${item.discardReason}); pass ` +
        'evenIfDiscarded: true to redrive it all the same',
    );
  }
  if (isTerminal(status) && status !== 'deadLettered') {
    throw new Error(
      `Run ${runId} is ${status}: only a dead-lettered run can be redriven; send the task anew`,
    );
  }
}

/** Undefined when the item does not hold, or does not say, all that the message needs. */
function fromItem({ queues }: ClientContext, { table, item }: FoundRun): OutgoingMessage | undefined {
  if (item.status !== 'deadLettered' || item.envelope === undefined) return undefined;
  const queue = queueOf(queues, table, item.task);
  if (queue === undefined || (queue.fifo && item.groupKey === undefined)) return undefined;
  const stored: Envelope = decodeMessage(item.envelope, item.runId).envelope;
  return redriveEnvelope(queue, { ...stored, epoch: item.epoch + 1 }, item.groupKey);
}

/** A malformed message's run, and one of an unknown task, may be of any queue that has this table. */
function queueOf(queues: readonly QueueConfig[], table: string, task: string): QueueConfig | undefined {
  const [queue, other] = queuesOf(
    queues.filter(each => each.table === table),
    task,
  );
  return other === undefined ? queue : undefined;
}

async function redriveFromQueue(
  context: ClientContext,
  runId: string,
  item: RunItem | undefined,
  edit: Editor = message => message,
): Promise<RedrivenRun> {
  for (const queue of queuesOf(context.queues, item?.task)) {
    let redriven: RedrivenRun | undefined;
    await walkDeadLetters(context, { queue }, async letters => {
      const ofRun = letters.filter(({ envelope }) => envelope.runId === runId);
      const judged = await judgeLetters(context, ofRun);
      const stale = judged.flatMap(({ letter, epoch }) => (epoch === undefined ? [letter] : []));
      const live = judged.find(({ epoch }) => epoch !== undefined);
      if (live?.epoch === undefined) return { remove: stale };
      const message = edit(redriveLetter(live.letter, live.epoch));
      await storeLargePayload(context, queue, message);
      await context.sqs.send(new SendMessageCommand({ QueueUrl: queue.url, ...toMessage(message) }));
      redriven = { runId, epoch: message.envelope.epoch };
      return { remove: [...stale, live.letter], done: true };
    });
    if (redriven) return redriven;
  }
  throw new Error(
    item
      ? `Run ${runId} is ${item.status}, and no letter of it can be received from its dead-letter queue`
      : `There is no run ${runId}: no item in the run table, and no letter in a dead-letter queue`,
  );
}
