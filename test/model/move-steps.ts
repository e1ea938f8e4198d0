import { has, spend } from './events.ts';
import { putItem } from './invariants.ts';
import { addMessage, type Move, type State } from './run-state.ts';
import type { Rules, Steps } from './work.ts';

/** What becomes of a run that waits in EventBridge Scheduler: it fires, or somebody moves it to another time. */
export function* moveSteps(state: State, rules: Rules): Steps {
  yield* firings(state);
  if (has(state, 'move')) yield* beginMove(state, rules);
  for (const [index, move] of state.moves.entries()) {
    yield* goOn(state, index, move, rules);
    if (has(state, 'moverCrash')) {
      yield { label: 'whoever moves the run dies', state: spend(setMove(state, index, null), 'moverCrash') };
    }
  }
}

function* firings(state: State): Steps {
  for (const [index, { moves }] of state.schedules.entries()) {
    const fired = addMessage(state, 0, moves);
    yield {
      label: `the schedule of move ${moves} fires`,
      state: { ...fired, schedules: state.schedules.toSpliced(index, 1) },
    };
    if (has(state, 'secondFiring')) {
      yield { label: `the schedule of move ${moves} fires twice`, state: spend(fired, 'secondFiring') };
    }
  }
}

/** Whoever moves it has read its item, and what its schedule would send. */
function* beginMove(state: State, { scheduleBeforeMove }: Rules): Steps {
  const { item, schedules } = state;
  if (item?.status !== 'queued' || !schedules.some(({ name }) => name === item.scheduleName)) return;
  const names = [...schedules, ...state.moves.map(({ made }) => made)].map(({ name }) => name);
  const move: Move = {
    saw: item,
    made: {
      name: ['B', 'C', 'D', 'E'].find(name => !names.includes(name)) ?? 'F',
      moves: (item.moves ?? 0) + 1,
    },
    drop: null,
    todo: scheduleBeforeMove ? ['make', 'write', 'drop'] : ['write', 'make', 'drop'],
  };
  const begun = { ...state, moves: [...state.moves, move] };
  yield { label: 'somebody moves the run', state: spend(begun, 'move') };
}

function* goOn(state: State, index: number, move: Move, rules: Rules): Steps {
  const [todo, ...rest] = move.todo;
  const then = (changed: State, changes: Partial<Move> = {}) =>
    setMove(changed, index, rest.length > 0 ? { ...move, todo: rest, ...changes } : null);
  if (todo === 'make') {
    const made = { ...state, schedules: [...state.schedules, move.made] };
    yield { label: 'makes the new schedule', state: then(made) };
  } else if (todo === 'drop') {
    const schedules = state.schedules.filter(({ name }) => name !== move.drop);
    yield { label: 'deletes the schedule that is of no use', state: then({ ...state, schedules }) };
  } else {
    yield* write(state, move, rules, then);
  }
}

/** One conditional write; one that was carried out and is repeated finds its own schedule's name. */
function* write(
  state: State,
  { saw, made }: Move,
  { moveRecognisesItself }: Rules,
  then: (changed: State, changes?: Partial<Move>) => State,
): Steps {
  const { item } = state;
  const useless = (isMoved: boolean) => ({ drop: isMoved ? `${saw.scheduleName}` : made.name });
  if (item?.status === 'queued' && item.epoch === saw.epoch && item.scheduleName === saw.scheduleName) {
    const moved = putItem(state, { ...item, scheduleName: made.name, moves: made.moves });
    yield { label: 'writes the move', state: then(moved, useless(true)) };
    if (has(state, 'lostAnswer')) {
      yield { label: 'writes the move, and the answer is lost', state: spend(moved, 'lostAnswer') };
    }
  } else if (item?.scheduleName === made.name && moveRecognisesItself) {
    yield { label: 'recognises the move', state: then(state, useless(true)) };
  } else {
    yield { label: 'finds that the run cannot be moved', state: then(state, useless(false)) };
  }
}

function setMove(state: State, index: number, move: Move | null): State {
  return {
    ...state,
    moves: move === null ? state.moves.toSpliced(index, 1) : state.moves.with(index, move),
  };
}
