import type { StateFailure } from '../execution/state-failure.ts';

/** A task that was told its token and waits to be reported. */
export interface WaitingTask {
  readonly stateMachineArn: string;
  succeed(output: unknown): void;
  fail(failure: StateFailure): void;
  heartbeat(): void;
}

/** The tokens of all tasks that wait. Whoever has a token reports its task. */
export class TaskTokens {
  readonly #waiting = new Map<string, WaitingTask>();
  readonly #spent = new Set<string>();

  wait(token: string, task: WaitingTask): void {
    this.#waiting.set(token, task);
  }

  /** The task waits no more; its token leads to nothing from now on. */
  spend(token: string): void {
    if (this.#waiting.delete(token)) this.#spent.add(token);
  }

  /** @returns undefined for a task that waits no more, `unknown` for a token that never was. */
  find(token: string): WaitingTask | undefined | 'unknown' {
    return this.#waiting.get(token) ?? (this.#spent.has(token) ? undefined : 'unknown');
  }
}
