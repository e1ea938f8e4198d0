import { has, spend } from './events.ts';
import { putItem } from './invariants.ts';
import { addMessage, ITEM, remember, type State } from './run-state.ts';
import type { Rules, Steps } from './work.ts';

/** What a producer does that sends the run under its idempotency key: the row first, then the message. */
export function* producerSteps(state: State, rules: Rules): Steps {
  if (has(state, 'keyedSend')) {
    yield { label: 'a producer claims the key', state: spend(claimKey(state, rules), 'keyedSend') };
  }
  if (state.sending === 0) return;
  const gone = { ...state, sending: state.sending - 1 };
  yield { label: 'a producer sends the message', state: remember(addMessage(gone, 0), { sent: true }) };
  if (has(state, 'producerCrash')) {
    yield { label: 'a producer dies before it sends', state: spend(gone, 'producerCrash') };
  }
}

function claimKey(state: State, { queuedRowIsSentAgain }: Rules): State {
  const { item, sending } = state;
  if (item === null) return { ...putItem(state, ITEM), sending: sending + 1 };
  if (item.status === 'queued' && queuedRowIsSentAgain) return { ...state, sending: sending + 1 };
  return remember(state, { sent: true }); // A duplicate: the run is under way or over.
}
