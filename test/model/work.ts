import { has, spend } from './events.ts';
import type { Step } from './explore.ts';
import { type Consumer, changeConsumer, hold, type State, type Todo } from './run-state.ts';

/** Rules of the algorithm whose breach the model must notice. */
export interface Rules {
  /** A claim is conditional on the lease that the item holds. */
  readonly claimRespectsLease: boolean;
  /** A lease is taken over only if the item is still as it was seen. */
  readonly takeOverIsCompareAndSwap: boolean;
  /** The write of an outcome is conditional on the own lease. */
  readonly finishIsFenced: boolean;
  /** A run is written as dead-lettered before its letter is sent. */
  readonly writeBeforeLetter: boolean;
  /** A letter is sent before its message is acknowledged. */
  readonly letterBeforeAcknowledge: boolean;
  /** A letter carries the epoch that a redrive of it begins. */
  readonly letterRaisesEpoch: boolean;
  /** A run that was to be canceled when its process died is not run again. */
  readonly claimHeedsCancel: boolean;
  /** Nor is one whose attempt fails. */
  readonly retryHeedsCancel: boolean;
  /** That a run was to be canceled is said of its epoch alone. */
  readonly redriveForgetsCancel: boolean;
  /** A keyed send that finds its row `queued` sends the message: whoever wrote the row may have died. */
  readonly queuedRowIsSentAgain: boolean;
  /** The new schedule of a run that is moved is there before its item knows of it. */
  readonly scheduleBeforeMove: boolean;
  /** Whoever moved a run, and repeats the write since its answer was lost, recognises it. */
  readonly moveRecognisesItself: boolean;
  /** A run that was moved does not begin by the message of an earlier time. */
  readonly oldFiringIsPassedOver: boolean;
}

export const RULES: Rules = {
  claimRespectsLease: true,
  takeOverIsCompareAndSwap: true,
  finishIsFenced: true,
  writeBeforeLetter: true,
  letterBeforeAcknowledge: true,
  letterRaisesEpoch: true,
  claimHeedsCancel: true,
  retryHeedsCancel: true,
  redriveForgetsCancel: true,
  queuedRowIsSentAgain: true,
  scheduleBeforeMove: true,
  moveRecognisesItself: true,
  oldFiringIsPassedOver: true,
};

export type Steps = Iterable<Step<State>>;

/** A consumer at work on a message. */
export interface Work {
  readonly state: State;
  readonly index: number;
  readonly consumer: Consumer;
  readonly rules: Rules;
}

/** What a consumer does with a run that it gives up. */
export function deadLettering({ writeBeforeLetter, letterBeforeAcknowledge }: Rules): readonly Todo[] {
  if (!writeBeforeLetter) return ['sendLetter', 'deadLettered', 'acknowledge'];
  if (!letterBeforeAcknowledge) return ['deadLettered', 'acknowledge', 'sendLetter'];
  return ['deadLettered', 'sendLetter', 'acknowledge'];
}

/** A write that succeeds: with its answer; or without, and then the consumer does it again. */
export function* answered({ state }: Work, label: string, written: State, answer: State): Steps {
  yield { label, state: answer };
  if (has(state, 'lostAnswer')) {
    yield { label: `${label}, and the answer is lost`, state: spend(written, 'lostAnswer') };
  }
}

export function plan({ state, index }: Work, todo: readonly Todo[], changes: Partial<Consumer> = {}): State {
  return changeConsumer(state, index, { ...changes, todo });
}

/** On to what the consumer does next, if anything. */
export function proceed(state: State, { index, consumer }: Work): State {
  const todo = consumer.todo.slice(1);
  return changeConsumer(state, index, todo.length > 0 ? { todo } : null);
}

/** The message becomes visible, unless another consumer has received it since. */
export function giveBack({ state, index, consumer }: Work): State {
  const held = state.queue.some(({ id, heldBy }) => id === consumer.message && heldBy === index);
  return changeConsumer(held ? hold(state, consumer.message, null) : state, index, null);
}
