import type { Clock } from '../clock.ts';
import type { Location, Service } from '../service.ts';
import { readDraft, sendDraft } from './draft.ts';
import { handleJson } from './json-protocol.ts';
import type { LocalQueue, SavableQueue, SentMessage } from './queue-api.ts';
import { SqsError } from './sqs-error.ts';
import { SqsStore } from './sqs-store.ts';
import type { Sender } from './verb.ts';

/** SQS with one account and one region, in memory. */
export interface SqsService extends Service {
  /**
   * As the API's CreateQueue: attribute names and string values are the API's. Throws an `SqsError` for what SQS
   * would refuse.
   */
  createQueue(name: string, attributes: Readonly<Record<string, string>>): LocalQueue;
  queueByArn(arn: string): LocalQueue | undefined;
  /** By the URL's path: any name of the host will do. */
  queueByUrl(url: string): LocalQueue | undefined;
  queues(): readonly SavableQueue[];
  /**
   * As the API's SendMessage, for the engine's other services. `message` has the API's parameters but for the URL.
   * Throws an `SqsError`, for a queue that does not exist too.
   */
  send(queueArn: string, message: Readonly<Record<string, unknown>>, sender: Sender): void;
}

export function createSqsService(options: {
  clock: Clock;
  location: Location;
  onSent?: (message: SentMessage) => void;
}): SqsService {
  const store = new SqsStore(options);
  return {
    signingName: 'sqs',
    handle: (request, response, authorize) => handleJson(store, request, response, authorize),
    async stop() {
      store.stop();
    },
    createQueue: (name, attributes) => store.create(name, attributes),
    queueByArn: arn => store.findByArn(arn),
    queueByUrl: url => store.findByUrl(url),
    queues: () => store.all(),
    send(queueArn, message, sender) {
      const queue = store.findByArn(queueArn);
      if (!queue) throw new SqsError('QueueDoesNotExist', `The specified queue does not exist: ${queueArn}`);
      sendDraft(queue, readDraft(queue, message, sender));
    },
  };
}
