import type { Clock } from '../contract/clock.ts';
import { toRunError } from '../contract/dead-letter.ts';
import type { RunProgress } from '../contract/run.ts';
import type { RunItem } from '../contract/run-item.ts';
import type { Log } from './log.ts';
import type { FencedOutcome } from './run-store.ts';

/** The run was canceled while its attempt was at work. */
export class RunCanceledError extends Error {
  override readonly name = 'RunCanceledError';
}

/** The attempt's lease has gone to a successor, whose outcome counts. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost';
}

/** Writes to the item of the run that is held. */
export type WriteHeld = (set: Partial<RunItem>) => Promise<FencedOutcome>;

/** An attempt that ends before costs no write. */
const HEARTBEAT_MS = 10_000;

/** Progress that follows sooner is kept for the next write. */
const PROGRESS_MS = 3000;

const LONGEST_PROGRESS_MESSAGE = 1024;

/**
 * What a long attempt writes while its handler is at work: its progress, and that it is alive. The answers tell it
 * whether the run was canceled, or was taken over by another attempt.
 */
export class AttemptWatch {
  /** Progress that is in no write yet; the settling takes it along. */
  pendingProgress: string | undefined;
  readonly #write: WriteHeld;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #interruption = Promise.withResolvers<never>();
  #writtenAt: number;
  #writing: Promise<void> | undefined;

  constructor(write: WriteHeld, clock: Clock, log: Log) {
    this.#write = write;
    this.#clock = clock;
    this.#log = log;
    this.#writtenAt = clock.now();
    this.#interruption.promise.catch(() => {}); // For an attempt that ends before anyone looks.
  }

  async progress(fraction: number, message?: string): Promise<void> {
    if (!(fraction >= 0 && fraction <= 1))
      throw new RangeError(`progress must be from 0 to 1, got ${fraction}`);
    const progress: RunProgress = {
      fraction,
      ...(message !== undefined && { message: message.slice(0, LONGEST_PROGRESS_MESSAGE) }),
    };
    this.pendingProgress = JSON.stringify(progress);
    if (this.#clock.now() >= this.#writtenAt + PROGRESS_MS) await this.#flush();
  }

  /** Rejects when the attempt must end: canceled, or its lease lost. Never resolves. */
  get interrupted(): Promise<never> {
    return this.#interruption.promise;
  }

  /** When the next sign of life is due. */
  get beatAt(): number {
    return this.#writtenAt + HEARTBEAT_MS;
  }

  /** Says that the attempt is alive. Not to be waited for: a slow table must not hold up its end. */
  beat(): void {
    this.#writtenAt = this.#clock.now();
    void this.#flush();
  }

  /** One write at a time; whoever comes meanwhile waits for it. A write that fails is made up for by the next. */
  async #flush(): Promise<void> {
    this.#writing ??= this.#writeNow().finally(() => {
      this.#writing = undefined;
    });
    await this.#writing;
  }

  async #writeNow(): Promise<void> {
    const { pendingProgress: progress } = this;
    this.#writtenAt = this.#clock.now();
    try {
      const written = await this.#write({
        heartbeatAt: this.#writtenAt,
        ...(progress !== undefined && { progress }),
      });
      if (this.pendingProgress === progress) this.pendingProgress = undefined;
      if (written.outcome !== 'written')
        this.#interruption.reject(new LeaseLost('the attempt no longer holds its run'));
      else if (written.cancelRequested)
        this.#interruption.reject(new RunCanceledError('the run was canceled'));
    } catch (error) {
      this.#log({ level: 'WARN', message: 'progress not written', error: toRunError(error) });
    }
  }
}
