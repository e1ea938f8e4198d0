import type { Clock, Timer } from '../clock.ts';
import type { Message } from './message.ts';
import type { Queue } from './queue.ts';

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_StartMessageMoveTask.html */
export const MAX_MOVES_PER_SECOND = 500;

const STEP_MS = 100;

export interface MoveTaskOptions {
  readonly handle: string;
  readonly source: Queue;
  /** Undefined: each message goes back to the queue that dead-lettered it. */
  readonly destination: Queue | undefined;
  readonly maxPerSecond: number | undefined;
  readonly clock: Clock;
  readonly findByArn: (arn: string) => Queue | undefined;
}

/** Moves the messages that are visible in a dead-letter queue when it starts to another queue, oldest first. */
export class MoveTask {
  readonly options: MoveTaskOptions;
  readonly startedAtMs: number;
  readonly toMove: number;
  status: 'RUNNING' | 'COMPLETED' | 'CANCELLED' | 'FAILED' = 'RUNNING';
  failureReason: string | undefined;
  moved = 0;
  #timer: Timer | undefined;

  constructor(options: MoveTaskOptions) {
    this.options = options;
    this.startedAtMs = options.clock.now();
    this.toMove = options.source.counts().visible;
    this.#schedule();
  }

  get handle(): string {
    return this.options.handle;
  }

  cancel(): void {
    if (this.status === 'RUNNING') this.#end('CANCELLED');
  }

  #schedule(): void {
    const perSecond = this.options.maxPerSecond ?? MAX_MOVES_PER_SECOND;
    const stepMs = Math.max(STEP_MS, 1000 / perSecond);
    this.#timer = this.options.clock.setTimer(() => {
      const elapsedSeconds = (this.options.clock.now() - this.startedAtMs) / 1000;
      this.#moveUpTo(Math.min(this.toMove, Math.floor(elapsedSeconds * perSecond)));
      if (this.status === 'RUNNING') this.#schedule();
    }, stepMs);
  }

  #moveUpTo(total: number): void {
    const { source } = this.options;
    while (this.moved < total) {
      const message = source.firstVisible();
      if (message === undefined) break;
      const destination = this.#destinationOf(message);
      if (destination === undefined) return;
      destination.acceptMoved(message);
      source.remove(message);
      this.moved += 1;
    }
    if (this.moved >= this.toMove || source.firstVisible() === undefined) this.#end('COMPLETED');
  }

  #destinationOf({ deadLetterSourceArn }: Message): Queue | undefined {
    if (this.options.destination !== undefined) return this.options.destination;
    const origin =
      deadLetterSourceArn === undefined ? undefined : this.options.findByArn(deadLetterSourceArn);
    if (origin === undefined) {
      // A message that was sent to the dead-letter queue directly has no queue to go back to.
      const sentDirectly = deadLetterSourceArn === undefined;
      this.#end(
        'FAILED',
        sentDirectly ? 'CouldNotDetermineMessageSource' : 'AWS.SimpleQueueService.NonExistentQueue',
      );
    }
    return origin;
  }

  #end(status: MoveTask['status'], failureReason?: string): void {
    this.#timer?.cancel();
    this.status = status;
    this.failureReason = failureReason;
  }
}
