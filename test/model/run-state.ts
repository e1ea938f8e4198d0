import type { RunItem } from '../../contract/run-item.ts';
import type { Event } from './events.ts';

/** Time stands still at NOW; what lies in the future gets into the past by a step of its own. */
export const PAST = 0;
export const NOW = 1;
export const FUTURE = 2;

/** Attempts that the modelled task's policy allows in an epoch. */
export const ATTEMPTS = 2;

/** One run and everything in the world that has to do with it. */
export interface State {
  readonly item: RunItem | null;
  readonly queue: readonly Message[];
  readonly deadLetters: readonly Letter[];
  readonly consumers: readonly (Consumer | null)[];
  /** Producers of a keyed send that are between the row and the message. */
  readonly sending: number;
  /** What waits in EventBridge Scheduler, of a run that was sent for later. */
  readonly schedules: readonly Schedule[];
  /** Those who are at moving it to another time. */
  readonly moves: readonly Move[];
  readonly budget: Readonly<Record<Event, number>>;
  readonly history: History;
}

/** A schedule that will send the run's message. */
export interface Schedule {
  readonly name: string;
  /** How often the run had been moved then, as its message says. */
  readonly moves: number;
}

export interface Move {
  /** The item that was read. */
  readonly saw: RunItem;
  readonly made: Schedule;
  /** The schedule that is of no use, once that is known. */
  readonly drop: string | null;
  readonly todo: readonly ('make' | 'write' | 'drop')[];
}

export interface Message {
  readonly id: number;
  readonly epoch: number;
  readonly moves: number;
  /** The consumer from which the visibility timeout hides it for others. */
  readonly heldBy: number | null;
}

/** A message in the dead-letter queue: one that a consumer sent, or one that SQS moved as it was. */
export interface Letter {
  readonly epoch: number;
  readonly moves: number;
  readonly native: boolean;
}

/** A consumer that has received a message. */
export interface Consumer {
  readonly message: number;
  readonly epoch: number;
  readonly moves: number;
  readonly leaseId: string;
  /** It holds the lease, and the lease has not run out. */
  readonly leaseLive: boolean;
  readonly attempt: number;
  readonly todo: readonly Todo[];
  /** The item that made its claim fail. */
  readonly seen: RunItem | null;
}

export type Todo =
  | 'claim'
  | 'decide'
  | 'handle'
  /** A write of the outcome. */
  | Outcome
  | 'sendLetter'
  | 'acknowledge'
  | 'giveBack';

export type Outcome = 'succeeded' | 'retrying' | 'released' | 'deadLettered' | 'canceled';

/** The run's item as a producer writes it. */
export const ITEM: RunItem = {
  runId: 'run',
  task: 'task',
  status: 'queued',
  epoch: 0,
  attempt: 0,
  createdAt: 0,
};

/** What the item does not remember. */
export interface History {
  /** A producer was told that the run is sent. */
  readonly sent: boolean;
  /** Of each epoch, how many handlers began; one that was released does not count. */
  readonly starts: readonly number[];
  /** The run has succeeded or was canceled. */
  readonly ended: boolean;
  /** Epochs that were to be canceled. */
  readonly toCancel: readonly number[];
  /** Epochs that ended with a letter. */
  readonly deadLettered: readonly number[];
  /** Epochs of the messages that were moved from the dead-letter queue. */
  readonly redriven: readonly number[];
  /** The first thing that went wrong in a step. */
  readonly broken: string | null;
}

export function changeConsumer(state: State, index: number, changes: Partial<Consumer> | null): State {
  const consumer = state.consumers[index] ?? null;
  return {
    ...state,
    consumers: state.consumers.with(index, consumer && changes && { ...consumer, ...changes }),
  };
}

export function remember(state: State, history: Partial<History>): State {
  return { ...state, history: { ...state.history, ...history } };
}

export function addMessage(state: State, epoch: number, moves = 0): State {
  const used = [...state.queue.map(({ id }) => id), ...state.consumers.map(consumer => consumer?.message)];
  return {
    ...state,
    queue: [...state.queue, { id: firstBut(used, [0, 1, 2, 3, 4, 5]), epoch, moves, heldBy: null }],
  };
}

export function hold(state: State, message: number, heldBy: number | null): State {
  const queue = state.queue.map(one => (one.id === message ? { ...one, heldBy } : one));
  return { ...state, queue };
}

export function addLetter(state: State, letter: Letter): State {
  return { ...state, deadLetters: [...state.deadLetters, letter] };
}

export function newLeaseId({ item, consumers }: State): string {
  const used = [item?.leaseId, ...consumers.flatMap(one => [one?.leaseId, one?.seen?.leaseId])];
  return firstBut(used, ['A', 'B', 'C', 'D', 'E', 'F']);
}

/** A name that nothing refers to. That names come back when nothing does is what keeps the states few. */
function firstBut<T>(used: readonly (T | undefined)[], names: readonly T[]): T {
  const name = names.find(candidate => !used.includes(candidate));
  if (name === undefined) throw new Error('too few names');
  return name;
}

/** A state as text, in which leases and messages have names by the order in which they occur. */
export function keyOf(state: State): string {
  const queue = state.queue.toSorted(
    (a, b) => a.epoch - b.epoch || a.moves - b.moves || (a.heldBy ?? -1) - (b.heldBy ?? -1),
  );
  const deadLetters = state.deadLetters.toSorted((a, b) => a.epoch - b.epoch || +a.native - +b.native);
  const names = new Map<string, number>();
  return JSON.stringify({ ...state, queue, deadLetters }).replace(
    /"(?:id|message|leaseId)":("?\w"?)/g,
    (_, name: string) => {
      if (!names.has(name)) names.set(name, names.size);
      return `#${names.get(name)}`;
    },
  );
}
