import type { WaitState } from '../../definition/definition.ts';
import { evaluateIn, leave, type StateEntry, type StateExit } from '../state-entry.ts';
import { StateFailure } from '../state-failure.ts';
import { waitUntil } from '../wait.ts';

/** https://docs.aws.amazon.com/step-functions/latest/dg/state-wait.html */
const MAX_WAIT_SECONDS = 99_999_999;

export async function wait(state: WaitState, entry: StateEntry): Promise<StateExit> {
  const { frame, clock, signal, onChanged } = entry.scope;
  frame.waitsUntil ??= await dueAt(state, entry);
  onChanged();
  await waitUntil(clock, frame.waitsUntil, signal);
  return { next: state.Next, ...(await leave(entry, state, entry.input)) };
}

async function dueAt({ Seconds, Timestamp }: WaitState, entry: StateEntry): Promise<number> {
  if (Seconds !== undefined) {
    const seconds = await evaluateIn(entry, Seconds, 'Seconds');
    if (typeof seconds === 'number' && seconds >= 0 && seconds <= MAX_WAIT_SECONDS) {
      return entry.enteredAt + seconds * 1000;
    }
    throw wrong('Seconds', Seconds, `a number of seconds from 0 to ${MAX_WAIT_SECONDS}`, seconds);
  }
  const timestamp = await evaluateIn(entry, Timestamp, 'Timestamp');
  const atMs = typeof timestamp === 'string' && RFC_3339.test(timestamp) ? Date.parse(timestamp) : Number.NaN;
  if (Number.isNaN(atMs)) {
    throw wrong('Timestamp', Timestamp, 'a time such as 2026-03-14T01:59:00Z', timestamp);
  }
  return atMs;
}

/** ISO 8601 with a capital T and Z, as the language's specification narrows it. */
const RFC_3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

function wrong(field: string, template: unknown, expected: string, got: unknown): StateFailure {
  return new StateFailure(
    'States.QueryEvaluationError',
    `The JSONata expression '${template}' specified for the field '${field}' must give ${expected}, got ${JSON.stringify(got)}.`,
  );
}
