import { decodeMessage } from '../../contract/envelope.ts';
import { isTerminal } from '../../contract/run.ts';
import { runIdOfKey } from '../../contract/run-id.ts';
import { isDiscarded, type RunItem } from '../../contract/run-item.ts';
import { DEFAULT_POLICY } from '../../contract/task.ts';
import type { Queue } from '../../local/sqs/queue.ts';
import { readMessage } from '../../local/sqs/saved-message.ts';
import type { Ledger } from './ledger.ts';
import { charge, type Order } from './orders.ts';

export interface Violation {
  readonly kind: 'lost' | 'doubleEffect' | 'unexplained';
  readonly what: string;
  readonly runId?: string | undefined;
}

export interface Evidence {
  readonly orders: readonly Order[];
  /** Bodies that strangers sent and that nobody can run. */
  readonly unreadable: readonly string[];
  readonly ledger: Ledger;
  readonly items: readonly RunItem[];
  readonly letters: readonly Letter[];
}

interface Letter {
  readonly runId: string;
  readonly epoch: number;
  readonly body: string;
  /** SQS moved it by itself. Its body may be that of an earlier letter, moved back in the console. */
  readonly native: boolean;
}

/** All that lies in the queue, seen or hidden. */
export function lettersIn(queue: Queue): readonly Letter[] {
  return queue.save().flatMap(({ message, deduplicationKey }) => {
    if (deduplicationKey !== undefined || typeof message !== 'object' || message === null) return [];
    const { id, content, deadLetterSourceArn } = readMessage({ ...message });
    const { runId, epoch } = decodeMessage(content.body, id).envelope;
    return { runId, epoch, body: content.body, native: deadLetterSourceArn !== undefined };
  });
}

function runIdOf({ runId, key }: Order): string | undefined {
  return runId ?? (key === undefined ? undefined : runIdOfKey(charge.name, key));
}

/** Holds what was sent against what came of it, when nothing moves any more. */
export function judge(evidence: Evidence): readonly Violation[] {
  return [
    ...judgeOrders(evidence),
    ...judgeSteps(evidence),
    ...judgeItems(evidence),
    ...judgeUnreadable(evidence),
  ];
}

/** The same after everything was redriven with all faults over: nothing but poison may be left. */
export function judgeRedriven(evidence: Evidence): readonly Violation[] {
  const { orders, ledger, items, letters } = evidence;
  const undone = orders.flatMap((order): Violation[] => {
    const runId = runIdOf(order);
    const { status } = items.find(item => item.runId === runId) ?? {};
    if (order.accepted === 0 || order.poison || ledger.effectsOf(order.number).length > 0) return [];
    if ((status === 'canceled' && order.cancelAsked) || order.discardAsked) return [];
    return [{ kind: 'lost', what: `order ${order.number} did not happen after its redrive`, runId }];
  });
  const left = letters.flatMap(({ runId, native, body }): Violation[] => {
    if (native) return [{ kind: 'unexplained', what: `a letter that SQS moved is left: ${body}`, runId }];
    const item = items.find(each => each.runId === runId);
    if (item?.status === 'deadLettered') return [];
    return [{ kind: 'unexplained', what: `a stale letter is left: ${body}`, runId }];
  });
  return [...judge(evidence), ...undone, ...left];
}

function judgeOrders({ orders, ledger, items, letters }: Evidence): readonly Violation[] {
  const known = new Set(orders.map(({ number }) => number));
  const strange = ledger.orders().filter(number => !known.has(number));
  return [
    ...strange.map((number): Violation => {
      const runId = ledger.effectsOf(number)[0]?.key.split(':')[0];
      return { kind: 'unexplained', what: `order ${number} happened, and its send was refused`, runId };
    }),
    ...orders.flatMap((order): Violation[] => {
      const runId = runIdOf(order);
      const effects = ledger.effectsOf(order.number);
      if (effects.length > 1) {
        const keys = effects.map(({ key }) => key).join(', ');
        return [{ kind: 'doubleEffect', what: `order ${order.number} happened under ${keys}`, runId }];
      }
      if (effects.length === 1 || order.accepted === 0) return [];
      const item = items.find(each => each.runId === runId);
      const explained =
        letters.some(letter => letter.runId === runId) ||
        (item?.status === 'canceled' && order.cancelAsked) ||
        // Dead-lettered by SQS before its first attempt, it has no item to be marked.
        (order.discardAsked && (item === undefined || isDiscarded(item)));
      return explained
        ? []
        : [{ kind: 'lost', what: `order ${order.number} did not happen; its run is ${item?.status}`, runId }];
    }),
  ];
}

function judgeSteps({ ledger }: Evidence): readonly Violation[] {
  return ledger
    .reservedTwice()
    .map(runId => ({ kind: 'doubleEffect', what: 'a step was carried out to two results', runId }));
}

function judgeItems({ orders, ledger, items, letters }: Evidence): readonly Violation[] {
  const charged = new Set(orders.flatMap(({ number }) => ledger.effectsOf(number).map(({ key }) => key)));
  const byRunId = new Map(orders.map(order => [runIdOf(order), order]));
  return items.flatMap((item): Violation[] => {
    const { runId, status, epoch, attempt } = item;
    const wrong = (kind: Violation['kind'], what: string): Violation[] => [{ kind, what, runId }];
    // What has no handler has the default policy: each process that dies while it dead-letters such a run is an attempt.
    const { retry } = item.task === charge.name ? charge.policy : DEFAULT_POLICY;
    if (attempt > retry.attempts) return wrong('unexplained', `the run had ${attempt} attempts`);
    if (status === 'succeeded') {
      return charged.has(`${runId}:effect`)
        ? []
        : wrong('unexplained', 'the run succeeded without its effect');
    }
    if (status === 'canceled') {
      return byRunId.get(runId)?.cancelAsked ? [] : wrong('unexplained', 'nobody asked to cancel the run');
    }
    if (isDiscarded(item)) {
      return byRunId.get(runId)?.discardAsked ? [] : wrong('unexplained', 'nobody discarded the run');
    }
    const redrivable = letters.some(
      letter => letter.runId === runId && (letter.epoch > epoch || (letter.native && letter.epoch === epoch)),
    );
    if (redrivable || isNamedByMessage(item)) return [];
    if (isTerminal(status)) return wrong('lost', `the run is ${status}, and there is no letter of it`);
    return wrong('unexplained', `the run is ${status} for ever: no message is left of it`);
  });
}

/**
 * Without an id in its body a message is the run of its message id, and SQS gives it another when it is moved: the new
 * run leaves the old one as it was. That its body is not lost is looked at by itself.
 */
const isNamedByMessage = ({ runId }: RunItem) => UUID_V4.test(runId);

/** As SQS's ids are; ours are of version 7. */
const UUID_V4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4/;

function judgeUnreadable({ unreadable, letters }: Evidence): readonly Violation[] {
  const text = letters
    .map(({ body }) => body)
    .join('\n')
    .replaceAll('\\"', '"');
  return unreadable
    .filter(body => !text.includes(body))
    .map(body => ({ kind: 'lost', what: `a message that nobody can read is gone: ${body}` }));
}
