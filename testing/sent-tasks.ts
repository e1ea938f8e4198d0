import { decodeMessage } from '../contract/envelope.ts';
import type { PayloadInput, TaskDefinition } from '../contract/task.ts';
import type { SentMessage } from '../local/sqs/queue-api.ts';

/** A run whose task was sent: by the test, by a function of the app, by a schedule, by anybody. */
export interface SentRun<Task extends TaskDefinition> {
  readonly runId: string;
  /** As JSON carries it. Of one too large for a message only the size is told, by an error when it is read. */
  readonly payload: PayloadInput<Task>;
  readonly sentAt: Date;
  readonly idempotencyKey?: string;
}

/** What was sent, as the queues have taken it. */
export interface SentTasks {
  record(message: SentMessage): void;
  /** That of the run's last life: a redrive, or a key that is used anew, begins another. 0 for a run that nobody sent. */
  epochOf(runId: string): number;
  /** In the order in which they were sent. A run counts once, however often its message was. */
  runsOf<Task extends TaskDefinition>(task: Task, queueUrls: ReadonlySet<string>): readonly SentRun<Task>[];
}

export function recordSentTasks(): SentTasks {
  const messages: SentMessage[] = [];
  const epochs = new Map<string, number>();
  return {
    record(message) {
      messages.push(message);
      const { runId, epoch } = decodeMessage(message.body, message.messageId).envelope;
      epochs.set(runId, Math.max(epoch, epochs.get(runId) ?? 0));
    },
    epochOf: runId => epochs.get(runId) ?? 0,
    runsOf: (task, queueUrls) =>
      runsOf(
        task,
        messages.filter(({ queueUrl }) => queueUrls.has(queueUrl)),
      ),
  };
}

function runsOf<Task extends TaskDefinition>(
  task: Task,
  messages: readonly SentMessage[],
): readonly SentRun<Task>[] {
  const runs = new Map<string, SentRun<Task>>();
  for (const { body, messageId, sentAtMs } of messages) {
    const { envelope } = decodeMessage(body, messageId);
    const { runId, payload, payloadRef, idempotencyKey, keyEpoch = 0 } = envelope;
    // A key that was used anew, after it had been forgotten, is another run under the same id.
    const life = `${runId} ${keyEpoch}`;
    if (envelope.task !== task.name || runs.has(life)) continue;
    const run = {
      runId,
      sentAt: new Date(sentAtMs),
      ...(idempotencyKey !== undefined && { idempotencyKey }),
    };
    runs.set(
      life,
      payloadRef
        ? withLargePayload(run, payloadRef.bytes)
        : { ...run, payload: payload as PayloadInput<Task> },
    );
  }
  return [...runs.values()];
}

function withLargePayload<Task extends TaskDefinition>(
  run: Omit<SentRun<Task>, 'payload'>,
  bytes: number,
): SentRun<Task> {
  return {
    ...run,
    get payload(): never {
      throw new Error(
        `The payload of run ${run.runId} has ${bytes} bytes and went through S3: look at what the handler does with it`,
      );
    },
  };
}
