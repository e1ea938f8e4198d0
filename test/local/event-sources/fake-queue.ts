import type { LocalQueue, MessageAttribute, ReceivedMessage } from '../../../local/sqs/queue-api.ts';

/** A queue in memory, without time: what is in flight comes back when the test says so. */
export interface FakeQueue extends LocalQueue {
  send(...bodies: string[]): void;
  /** Ends all visibility timeouts. */
  expireVisibility(): void;
  /** Bodies of what is left, visible and in flight. */
  left(): { visible: string[]; inFlight: string[] };
  readonly received: { max: number }[];
}

export function createFakeQueue(
  options: { fifo?: boolean; attributes?: Record<string, MessageAttribute> } = {},
): FakeQueue {
  const { fifo = false, attributes = {} } = options;
  const listeners = new Set<() => void>();
  const visible: string[] = [];
  const inFlight = new Map<string, string>();
  const received: { max: number }[] = [];
  let receipts = 0;
  const announce = () =>
    queueMicrotask(() => {
      for (const listener of listeners) listener();
    });
  const takeBack = (receiptHandle: string) => {
    visible.push(inFlight.get(receiptHandle) ?? `unknown handle ${receiptHandle}`);
    inFlight.delete(receiptHandle);
  };
  const receiveOne = (body: string): ReceivedMessage => {
    receipts += 1;
    const receiptHandle = `handle-${receipts}`;
    inFlight.set(receiptHandle, body);
    return {
      messageId: `id-${body.slice(0, 20)}`,
      receiptHandle,
      body,
      md5OfBody: 'md5',
      attributes: { ApproximateReceiveCount: '1', SentTimestamp: '0' },
      messageAttributes: attributes,
    };
  };
  return {
    name: fifo ? 'q.fifo' : 'q',
    arn: 'arn:aws:sqs:eu-west-1:123456789012:q',
    url: 'http://127.0.0.1:4566/123456789012/q',
    fifo,
    visibilityTimeoutSeconds: 30,
    received,
    receive(max) {
      received.push({ max });
      return visible.splice(0, max).map(receiveOne);
    },
    delete: receiptHandle => void inFlight.delete(receiptHandle),
    changeVisibility(receiptHandle) {
      takeBack(receiptHandle);
      announce();
    },
    onReceivable(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    counts: () => ({ visible: visible.length, inFlight: inFlight.size, delayed: 0, oldestAgeMs: undefined }),
    send(...bodies) {
      visible.push(...bodies);
      announce();
    },
    expireVisibility() {
      for (const receiptHandle of [...inFlight.keys()]) takeBack(receiptHandle);
      announce();
    },
    left: () => ({ visible: [...visible], inFlight: [...inFlight.values()] }),
  };
}
