import { randomUUID } from 'node:crypto';
import { IdempotencyItemAlreadyExistsError } from '@aws-lambda-powertools/idempotency';
import { BasePersistenceLayer, IdempotencyRecord } from '@aws-lambda-powertools/idempotency/persistence';
import type { Clock } from '../contract/clock.ts';
import { toRunError } from '../contract/dead-letter.ts';
import { type Decision, decideDelivery } from '../contract/delivery.ts';
import type { Envelope } from '../contract/envelope.ts';
import { historyAfter } from '../contract/run-history.ts';
import { listKey, type RunItem } from '../contract/run-item.ts';
import type { TaskPolicy } from '../contract/task.ts';
import { AttemptWatch, LeaseLost } from './attempt-watch.ts';
import type { ConsumedQueue, Consumer } from './consumer.ts';
import type { Deadline } from './deadline.ts';
import { fetchObject } from './fetch-object.ts';
import type { Log } from './log.ts';
import type {
  ClaimFields,
  ClaimOutcome,
  FencedOutcome,
  Lease,
  RunStore,
  SettlingChange,
} from './run-store.ts';
import { expiryOfUnfinished, type Settlement, toItemChange } from './settlement.ts';
import { type StepStorage, Steps } from './steps.ts';
import { mayTakeOver, type Turn } from './turn.ts';

/** The delivery begins no attempt; what it does instead. */
export class NotClaimed extends Error {
  override readonly name = 'NotClaimed';
  readonly decision: Exclude<Decision, 'claim' | 'renew' | 'bury'>;
  readonly item: RunItem;

  constructor(decision: NotClaimed['decision'], item: RunItem) {
    super(`run ${item.runId} is ${item.status}: ${decision}`);
    this.decision = decision;
    this.item = item;
  }
}

export interface RunRecordOptions {
  readonly queue: ConsumedQueue;
  readonly consumer: Consumer;
  readonly envelope: Envelope & { readonly firstSentAt: number };
  readonly groupKey: string | undefined;
  readonly policy: TaskPolicy;
  readonly turn: Turn;
  /** Of the message. */
  readonly receives: number;
  readonly deadline: Deadline;
}

/** Rounds of "decide on what was seen, write on it as seen" before the message goes back to the queue. */
const MAX_CLAIM_ROUNDS = 3;

const SETTLE_RETRY_MS = 200;

/**
 * The run item as Powertools' idempotency record: Powertools asks whether to run and reports how it went, and the item
 * answers by the delivery table. One instance serves one delivery, so that no state is shared between records.
 */
export class RunRecord extends BasePersistenceLayer {
  /** Number of the attempt that this delivery began; 0 while it has none. */
  attempt = 0;
  /** When it began, in milliseconds since the epoch. */
  startedAt = 0;
  /** Whether the attempt that was taken over was the last: nothing may be run, only dead-lettered. */
  lost = false;
  /** Whether the attempt before this one died with its process. */
  takenOver = false;
  /** Whether the run was to be canceled when its process died: nothing may be run either. */
  canceled = false;
  /** What was and what is to be kept of the run's steps. */
  steps: Steps;
  /** As it came in the message, or was loaded; undefined while it is in the payload bucket alone. */
  payload: unknown;
  /** What is to become of the attempt. Whoever ends it sets this before Powertools is told. */
  settlement: Settlement | undefined;
  /** Whether the settlement is in the table. */
  settled = false;

  readonly watch: AttemptWatch;

  readonly #options: RunRecordOptions;
  readonly #store: RunStore;
  readonly #clock: Clock;
  readonly #lease: Lease;
  readonly #log: Log;
  #latestCopyAt: number | undefined;

  constructor(options: RunRecordOptions) {
    super();
    const { queue, consumer, envelope } = options;
    this.#options = options;
    this.#store = queue.runs;
    this.#clock = consumer.clock;
    this.payload = envelope.payload;
    this.#lease = { leaseId: randomUUID(), leaseUntil: options.deadline.endsAt };
    this.steps = new Steps(new Map(), this.#stepStorage());
    const { runId, task } = envelope;
    this.#log = line => consumer.log({ ...line, runId, task, attempt: this.attempt });
    this.watch = new AttemptWatch(set => this.#write(set), consumer.clock, this.#log);
  }

  protected override getHashedIdempotencyKey(): string {
    return this.#options.envelope.runId;
  }

  protected override async _putRecord(): Promise<void> {
    const { moves } = this.#options.envelope;
    const message = { nowMs: this.#clock.now(), ...(moves !== undefined && { moves }) };
    let outcome = await this.#store.claim(this.#claimFields(), this.#lease, message);
    for (let round = 1; 'seen' in outcome; round++) {
      if (round === MAX_CLAIM_ROUNDS) throw new NotClaimed('wait', outcome.seen);
      outcome = await this.#claimSeen(outcome.seen);
    }
    const { attempt, cancelRequested, steps, latestCopyAt } = outcome.claimed;
    this.#latestCopyAt = latestCopyAt;
    this.attempt = attempt;
    this.startedAt = this.#clock.now();
    this.canceled = cancelRequested;
    this.steps = new Steps(steps, this.#stepStorage());
  }

  #claimFields(): ClaimFields {
    const { envelope, policy, queue } = this.#options;
    const { runId, task, epoch, idempotencyKey, firstSentAt } = envelope;
    return {
      runId,
      task,
      epoch,
      createdAt: firstSentAt,
      expiresAt: expiryOfUnfinished(policy, this.#clock.now()),
      ...(idempotencyKey !== undefined && { idempotencyKey }),
      ...(queue.trackQueued !== false && { listKey: listKey(task, firstSentAt, runId) }),
    };
  }

  async #claimSeen(seen: RunItem): Promise<ClaimOutcome> {
    const { envelope, policy, turn, receives } = this.#options;
    const { epoch, moves } = envelope;
    const nowMs = this.#clock.now();
    const { attempts } = policy.retry;
    const decision = decideDelivery(seen, { epoch, attempts, nowMs, ...(moves !== undefined && { moves }) });
    this.lost = decision === 'bury';
    this.takenOver = decision === 'takeOver';
    const expiresAt = expiryOfUnfinished({ ...policy, ...seen }, nowMs);
    const another = { attempt: seen.attempt + 1, startedAt: nowMs, expiresAt };
    switch (decision) {
      case 'claim':
        return await this.#store.take(seen, { set: another }, this.#lease);
      case 'takeOver':
        if (!mayTakeOver(turn, receives, seen.attempt)) throw new NotClaimed(decision, seen);
        return await this.#store.take(seen, { set: another }, this.#lease);
      case 'renew':
        return await this.#store.take(
          seen,
          {
            set: { ...another, attempt: 1, epoch: envelope.epoch, history: historyAfter(seen) },
            remove: ENDED_BY_REDRIVE,
          },
          this.#lease,
        );
      case 'bury':
        return await this.#store.take(seen, { set: { attempt: seen.attempt } }, this.#lease);
      case 'acknowledge':
        if (seen.status === 'succeeded') throw alreadySucceeded(seen);
        throw new NotClaimed(decision, seen);
      default:
        throw new NotClaimed(decision, seen);
    }
  }

  protected override async _updateRecord(): Promise<void> {
    await this.#settle();
  }

  /** Powertools deletes the record of a failed attempt; ours says what follows. */
  protected override async _deleteRecord(): Promise<void> {
    await this.#settle();
  }

  protected override _getRecord(): Promise<IdempotencyRecord> {
    throw new Error('an existing run always comes with the failed claim; it is never read');
  }

  async #settle(): Promise<void> {
    if (this.settlement === undefined) throw new Error('an attempt ended without a settlement');
    const { envelope } = this.#options;
    const settled = await this.#untilSettled(() =>
      this.#store.settle(envelope.runId, this.#lease.leaseId, this.#toChange(this.settlement)),
    );
    // Canceled just before it would have been tried again.
    if (settled.outcome === 'refused' && this.settlement.status !== 'canceled') {
      const error = 'error' in this.settlement ? this.settlement.error : undefined;
      this.settlement = { status: 'canceled', ...(error && { error }) };
      return await this.#settle();
    }
    if (settled.outcome !== 'written')
      throw new LeaseLost(`run ${envelope.runId} was taken over by another attempt`);
    this.settled = true;
  }

  #toChange(settlement: Settlement | undefined): SettlingChange {
    const { envelope, groupKey, policy } = this.#options;
    if (settlement === undefined) throw new Error('an attempt ended without a settlement');
    const run = {
      envelope,
      groupKey,
      attempt: this.attempt,
      retentionMs: policy.retentionMs,
      stepsBytes: this.steps.bytes,
      latestCopyAt: this.#latestCopyAt,
    };
    const { set, remove } = toItemChange(settlement, run, this.#clock.now());
    const progress = this.watch.pendingProgress;
    return { set: { ...set, ...(progress !== undefined && { progress }) }, ...(remove && { remove }) };
  }

  async #write(set: Readonly<Record<string, string | number>>): Promise<FencedOutcome> {
    return await this.#store.write(this.#options.envelope.runId, this.#lease.leaseId, set);
  }

  #stepStorage(): StepStorage {
    const { queue, envelope } = this.#options;
    const { runId, epoch } = envelope;
    const { objects } = queue;
    return {
      epoch,
      keepAttribute: (name, json) => this.#keepStep(name, json),
      loadObject: ref => fetchObject(queue, runId, ref),
      ...(objects && {
        storeObject: (ref, text) => this.#untilSettled(() => objects.put(runId, ref, text)),
      }),
    };
  }

  /** The step's effect has happened: what is lost here happens again in the next attempt. */
  async #keepStep(name: string, json: string): Promise<void> {
    const { outcome } = await this.#untilSettled(() => this.#write({ [name]: json }));
    if (outcome !== 'written') throw new LeaseLost('the attempt no longer holds its run');
  }

  /** What has happened must be recorded, so a write that fails is tried again for as long as there is time. */
  async #untilSettled<T>(write: () => Promise<T>): Promise<T> {
    const { deadline } = this.#options;
    for (let first = true; ; first = false) {
      try {
        return await write();
      } catch (error) {
        // Once: where it is denied, it is so until the time is over, and the run's error would say only that.
        if (first) this.#log({ level: 'WARN', message: 'a write is tried again', error: toRunError(error) });
        if (this.#clock.now() + SETTLE_RETRY_MS >= deadline.settleBy) throw error;
        await this.#clock.sleep(SETTLE_RETRY_MS);
      }
    }
  }
}

/** What a dead-lettered run's item holds of its end. */
const ENDED_BY_REDRIVE = [
  'deadLetterKey',
  'envelope',
  'groupKey',
  'cause',
  'finishedAt',
  'notBefore',
  'progress',
  'heartbeatAt',
  'cancelRequestedAt',
  'discardedAt',
  'discardReason',
] as const;

/** No expiry is given on purpose: Powertools would take a record past it for expired and claim again. */
function alreadySucceeded({ runId, result }: RunItem): IdempotencyItemAlreadyExistsError {
  return new IdempotencyItemAlreadyExistsError(
    `run ${runId} has succeeded`,
    new IdempotencyRecord({
      idempotencyKey: runId,
      status: 'COMPLETED',
      ...(result !== undefined && { responseData: JSON.parse(result) }),
    }),
  );
}
