import type { Clock } from '../clock.ts';
import type { Location, Service } from '../service.ts';
import { handleJson } from './json-protocol.ts';
import type { LocalQueue } from './queue-api.ts';
import { SqsStore } from './sqs-store.ts';

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
  queues(): readonly LocalQueue[];
}

export function createSqsService(options: { clock: Clock; location: Location }): SqsService {
  const store = new SqsStore(options);
  return {
    signingName: 'sqs',
    handle: (request, response) => handleJson(store, request, response),
    async stop() {
      store.stop();
    },
    createQueue: (name, attributes) => store.create(name, attributes),
    queueByArn: arn => store.findByArn(arn),
    queueByUrl: url => store.findByUrl(url),
    queues: () => store.all(),
  };
}
