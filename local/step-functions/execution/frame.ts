/**
 * How far one list of states has come: a machine's own, a branch's, an iteration's. It is plain JSON, so that an
 * execution can be put away and go on in another engine, and be redriven from the states that did not succeed.
 */
export interface Frame {
  /** The state that is at work, or that failed. */
  state: string;
  /** What that state begins with. */
  input: unknown;
  /** What this list of states has assigned. */
  variables: Record<string, unknown>;
  /** Of branches and iterations of the state at work, in their order. */
  children?: Frame[];
  /** Present once the list has succeeded. */
  output?: { readonly value: unknown };
  /** When the state at work ends its wait, in milliseconds since the Unix epoch. */
  waitsUntil?: number;
  /** Of the task at work whose call was made, and that waits to be reported. */
  awaited?: AwaitedTask;
}

export interface AwaitedTask {
  readonly token: string;
  /** Milliseconds since the Unix epoch. */
  readonly timesOutAt: number | undefined;
}

export function beginning(state: string, input: unknown): Frame {
  return { state, input, variables: {} };
}

/** A redrive schedules a task anew: its old token counts no more, and its time begins again. */
export function forgetAwaited(frame: Frame): void {
  delete frame.awaited;
  for (const child of frame.children ?? []) forgetAwaited(child);
}
