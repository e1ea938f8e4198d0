import type { ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Clock } from '../clock.ts';
import { element } from '../front-door/xml.ts';
import type { Location, Service } from '../service.ts';
import { perform } from './actions.ts';
import { SnsError } from './sns-error.ts';
import { createTopics, type Message, type Notification } from './topics.ts';

/**
 * SNS in memory: topics, subscriptions, publishes. Nothing is delivered: subscriptions of e-mail addresses and the
 * like are recorded, those of queues and functions refused, and every publish can be listened to.
 */
export interface SnsService extends Service {
  /** @returns the topic's ARN, also if it exists. @throws {SnsError} */
  createTopic(name: string, attributes?: Readonly<Record<string, string>>): string;
  /** @returns the subscription's ARN. @throws {SnsError} */
  subscribe(topicArn: string, protocol: string, endpoint: string): string;
  /** @returns the message's id. @throws {SnsError} */
  publish(topicArn: string, message: Message): string;
  /** Calls back with every message published, by clients or by the engine. @returns a function that ends it */
  onPublish(listener: (notification: Notification) => void): () => void;
}

export function createSnsService(options: { clock: Clock; location: Location }): SnsService {
  const topics = createTopics(options);
  return {
    signingName: 'sns',
    async handle(request, response) {
      const fields = new URLSearchParams(await text(request));
      try {
        answer(response, 200, perform(topics, fields));
      } catch (error) {
        if (!(error instanceof SnsError)) throw error;
        const details =
          element('Type', 'Sender') + element('Code', error.code) + element('Message', error.message);
        answer(response, error.statusCode, `<ErrorResponse><Error>${details}</Error></ErrorResponse>`);
      }
    },
    createTopic: topics.create,
    subscribe: topics.subscribe,
    publish: topics.publish,
    onPublish: topics.onPublish,
    stop: async () => {},
  };
}

function answer(response: ServerResponse, status: number, xml: string): void {
  response.writeHead(status, { 'content-type': 'text/xml', 'content-length': Buffer.byteLength(xml) });
  response.end(xml);
}
