import { claim, decide } from './claim-steps.ts';
import { acknowledge, finish, handle, sendLetter } from './outcome-steps.ts';
import { type Consumer, hold, newLeaseId, type State } from './run-state.ts';
import { giveBack, type Rules, type Steps, type Work } from './work.ts';

/** What a consumer may do next. */
export function* consumerSteps(state: State, index: number, rules: Rules): Steps {
  const consumer = state.consumers[index];
  const steps = consumer ? workSteps({ state, index, consumer, rules }) : receive(state, index);
  for (const { label, state } of steps) yield { label: `consumer ${index} ${label}`, state };
}

function* receive(state: State, index: number): Steps {
  if (state.consumers.indexOf(null) < index) return; // Idle consumers are alike: let the first one receive.
  for (const { id: message, epoch, moves, heldBy } of state.queue) {
    if (heldBy !== null) continue;
    const lease = { leaseId: newLeaseId(state), leaseLive: false };
    const consumer: Consumer = { message, epoch, moves, ...lease, attempt: 0, todo: ['claim'], seen: null };
    const consumers = state.consumers.with(index, consumer);
    yield { label: `receives epoch ${epoch}`, state: hold({ ...state, consumers }, message, index) };
  }
}

function workSteps(work: Work): Steps {
  const [todo] = work.consumer.todo;
  switch (todo) {
    case undefined:
      throw new Error('a consumer that has nothing to do is null');
    case 'claim':
      return claim(work);
    case 'decide':
      return decide(work);
    case 'handle':
      return handle(work);
    case 'sendLetter':
      return sendLetter(work);
    case 'acknowledge':
      return acknowledge(work);
    case 'giveBack':
      return [{ label: 'gives the message back', state: giveBack(work) }];
    default:
      return finish(work, todo);
  }
}
