import { decodeMessage, type Envelope } from '../contract/envelope.ts';
import type { PayloadInput, TaskDefinition } from '../contract/task.ts';
import type { CreatedSchedule } from '../local/scheduler/schedules.ts';
import type { SentMessage } from '../local/sqs/queue-api.ts';

/** A run whose task was sent: by the test, by a function of the app, by a schedule, by anybody. */
export interface SentRun<Task extends TaskDefinition> {
  readonly runId: string;
  /** As JSON carries it. Of one too large for a message only the size is told, by an error when it is read. */
  readonly payload: PayloadInput<Task>;
  readonly sentAt: Date;
  /** When it is to begin, where it was sent for later. */
  readonly scheduledFor?: Date;
  readonly idempotencyKey?: string;
}

/** What was sent, as queues and EventBridge Scheduler have taken it. */
export interface SentTasks {
  record(message: SentMessage): void;
  /** What is sent for later than SQS delays waits as a schedule. Of other schedules, each firing is sent. */
  recordForLater(schedule: CreatedSchedule): void;
  /** That of the run's last life: a redrive, or a key that is used anew, begins another. 0 for a run that nobody sent. */
  epochOf(runId: string): number;
  /**
   * In the order in which they were sent. A run counts once, however often its message was.
   *
   * @param places URLs and ARNs of queues
   */
  runsOf<Task extends TaskDefinition>(task: Task, places: readonly string[]): readonly SentRun<Task>[];
}

interface Sent {
  /** The URL of a queue, or its ARN. */
  readonly place: string;
  readonly envelope: Envelope;
  readonly atMs: number;
  readonly scheduledForMs: number | undefined;
}

export function recordSentTasks(): SentTasks {
  const decoded: Sent[] = [];
  const epochs = new Map<string, number>();
  /** A sender waits for what is recorded; whoever asks can wait for its decoding. */
  let undecoded: (() => Sent | undefined)[] = [];

  function decodeAll(): void {
    const arrived = undecoded;
    undecoded = [];
    for (const decode of arrived) {
      const sent = decode();
      if (!sent) continue;
      const { runId, epoch } = sent.envelope;
      epochs.set(runId, Math.max(epoch, epochs.get(runId) ?? 0));
      decoded.push(sent);
    }
  }

  return {
    record: message => void undecoded.push(() => decodeSent(message)),
    recordForLater: schedule => void undecoded.push(() => decodeSentForLater(schedule)),
    epochOf(runId) {
      decodeAll();
      return epochs.get(runId) ?? 0;
    },
    runsOf(task, places) {
      decodeAll();
      return toRuns(
        decoded.filter(({ place, envelope }) => envelope.task === task.name && places.includes(place)),
      );
    },
  };
}

function decodeSent({ queueUrl, body, messageId, sentAtMs, delayMs = 0 }: SentMessage): Sent {
  const { envelope } = decodeMessage(body, messageId);
  const scheduledForMs = delayMs > 0 ? sentAtMs + delayMs : undefined;
  return { place: queueUrl, envelope, atMs: sentAtMs, scheduledForMs };
}

function decodeSentForLater(schedule: CreatedSchedule): Sent | undefined {
  const { targetArn, input = '', createdAtMs, firstAtMs } = schedule;
  const { envelope, malformed, anonymous } = decodeMessage(input, '');
  if (malformed !== undefined || anonymous || envelope.schedule) return undefined;
  return { place: targetArn, envelope, atMs: createdAtMs, scheduledForMs: firstAtMs };
}

function toRuns<Task extends TaskDefinition>(all: readonly Sent[]): readonly SentRun<Task>[] {
  const runs = new Map<string, SentRun<Task>>();
  for (const { envelope, atMs, scheduledForMs } of all) {
    const { runId, payload, payloadRef, idempotencyKey, keyEpoch = 0 } = envelope;
    // A key that was used anew, after it had been forgotten, is another run under the same id.
    const life = `${runId} ${keyEpoch}`;
    if (runs.has(life)) continue;
    const run = {
      runId,
      sentAt: new Date(atMs),
      ...(scheduledForMs !== undefined && { scheduledFor: new Date(scheduledForMs) }),
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
