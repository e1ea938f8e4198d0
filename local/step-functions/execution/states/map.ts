import type { MapState } from '../../definition/definition.ts';
import { checkSize } from '../data-limits.ts';
import { withRetries } from '../retry.ts';
import { record } from '../scope.ts';
import { type Lane, sideBySide } from '../side-by-side.ts';
import { evaluateIn, leave, type StateEntry, type StateExit } from '../state-entry.ts';
import { StateFailure } from '../state-failure.ts';

/** https://docs.aws.amazon.com/step-functions/latest/dg/state-map-inline.html */
const MOST_AT_ONCE = 40;

export function runMap(state: MapState, entry: StateEntry): Promise<StateExit> {
  const { scope } = entry;
  return withRetries(state, entry, async () => {
    const items = await itemsOf(state, entry);
    const atOnce = await concurrencyOf(state, entry);
    record(scope, 'MapStateStarted', { mapStateStartedEventDetails: { length: items.length } });
    try {
      const result = await sideBySide(scope, await lanesOf(state, entry, items), atOnce);
      record(scope, 'MapStateSucceeded');
      checkSize(result, `The state/task '${entry.name}' returned a result`);
      return { next: state.Next, ...(await leave(entry, state, result, { result })) };
    } catch (error) {
      record(scope, scope.signal.aborted ? 'MapStateAborted' : 'MapStateFailed');
      throw error;
    }
  });
}

async function itemsOf({ Items }: MapState, entry: StateEntry): Promise<readonly unknown[]> {
  const items = Items === undefined ? entry.input : await evaluateIn(entry, Items, 'Items');
  if (Array.isArray(items)) return items;
  throw new StateFailure(
    'States.QueryEvaluationError',
    `The field 'Items' of state '${entry.name}' must give an array, got ${JSON.stringify(items).slice(0, 100)}.`,
  );
}

async function concurrencyOf({ MaxConcurrency = 0 }: MapState, entry: StateEntry): Promise<number> {
  const most = await evaluateIn(entry, MaxConcurrency, 'MaxConcurrency');
  if (typeof most === 'number' && Number.isInteger(most) && most >= 0) {
    return most === 0 ? MOST_AT_ONCE : Math.min(most, MOST_AT_ONCE);
  }
  throw new StateFailure(
    'States.QueryEvaluationError',
    `The field 'MaxConcurrency' of state '${entry.name}' must give a whole number, 0 or more, got ${JSON.stringify(most)}.`,
  );
}

async function lanesOf(state: MapState, entry: StateEntry, items: readonly unknown[]): Promise<Lane[]> {
  return await Promise.all(
    items.map(async (item, index): Promise<Lane> => {
      const map = { Item: { Index: index, Value: item } };
      const input =
        state.ItemSelector === undefined
          ? item
          : await evaluateIn(entry, state.ItemSelector, 'ItemSelector', { map });
      const iteration = { name: entry.name, index };
      return {
        states: state.ItemProcessor,
        input,
        context: { Map: map },
        onStarted: scope =>
          record(scope, 'MapIterationStarted', { mapIterationStartedEventDetails: iteration }),
        onEnded(scope, how) {
          const [type, details] = ITERATION_ENDS[how];
          record(scope, type, { [details]: iteration });
        },
      };
    }),
  );
}

const ITERATION_ENDS = {
  succeeded: ['MapIterationSucceeded', 'mapIterationSucceededEventDetails'],
  failed: ['MapIterationFailed', 'mapIterationFailedEventDetails'],
  aborted: ['MapIterationAborted', 'mapIterationAbortedEventDetails'],
} as const;
