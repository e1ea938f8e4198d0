import type { Clock } from '../clock.ts';
import type { LocalQueue, ReceivedMessage } from './queue-api.ts';

/**
 * Receives at once, or as soon as there is something within `waitMs`. Once the signal is aborted nothing is received
 * any more: what nobody would see must stay visible for the next one who asks.
 */
export async function waitForMessages(options: {
  queue: Pick<LocalQueue, 'onReceivable'>;
  clock: Clock;
  waitMs: number;
  signal: AbortSignal;
  port: number | undefined;
  receive: () => ReceivedMessage[];
}): Promise<ReceivedMessage[]> {
  const { queue, clock, waitMs, signal, receive } = options;
  if (signal.aborted) return [];
  const messages = receive();
  if (messages.length > 0 || waitMs === 0) return messages;
  const waiting = new Promise((resolve: (messages: ReceivedMessage[]) => void) => {
    const finish = (received: ReceivedMessage[]) => {
      unsubscribe();
      timer.cancel();
      signal.removeEventListener('abort', finishEmpty);
      resolve(received);
    };
    const finishEmpty = () => finish([]);
    const unsubscribe = queue.onReceivable(() => {
      const received = receive();
      if (received.length > 0) finish(received);
    });
    const timer = clock.setTimer(finishEmpty, waitMs);
    signal.addEventListener('abort', finishEmpty);
  });
  return clock.letPass(waiting, options.port);
}
