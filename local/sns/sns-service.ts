import type { ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Clock } from '../clock.ts';
import { element } from '../front-door/xml.ts';
import { AccessDenied } from '../permissions/access-denied.ts';
import { KeyAccessDenied } from '../permissions/key-policies.ts';
import type { Location, Service } from '../service.ts';
import { perform } from './actions.ts';
import { authorizeRequest } from './authorize-request.ts';
import type { Targets } from './delivery.ts';
import { SnsError } from './sns-error.ts';
import { createTopics, type Message, type Notification } from './topics.ts';

/**
 * SNS in memory: topics, subscriptions, publishes. Messages are delivered to queues and functions; subscriptions of
 * e-mail addresses and the like are recorded, and every publish can be listened to.
 */
export interface SnsService extends Service {
  /** @returns the topic's ARN, also if it exists. @throws {SnsError} */
  createTopic(name: string, attributes?: Readonly<Record<string, string>>): string;
  /** @returns the subscription's ARN. @throws {SnsError} */
  subscribe(
    topicArn: string,
    protocol: string,
    endpoint: string,
    attributes?: Readonly<Record<string, string>>,
  ): string;
  /** @returns the message's id. @throws {SnsError} */
  publish(topicArn: string, message: Message): string;
  /** Calls back with every message published, by clients or by the engine. @returns a function that ends it */
  onPublish(listener: (notification: Notification) => void): () => void;
}

export function createSnsService(options: {
  clock: Clock;
  location: Location;
  targets?: Targets;
}): SnsService {
  const topics = createTopics(options);
  return {
    signingName: 'sns',
    async handle(request, response, authorize) {
      const fields = new URLSearchParams(await text(request));
      try {
        if (authorize) authorizeRequest(authorize, fields, options.location);
        const trace = request.headers['x-amzn-trace-id'];
        answer(response, 200, perform(topics, fields, typeof trace === 'string' ? trace : undefined));
      } catch (error) {
        const failure = error instanceof AccessDenied ? snsErrorOf(error) : error;
        if (!(failure instanceof SnsError)) throw failure;
        const details =
          element('Type', 'Sender') + element('Code', failure.code) + element('Message', failure.message);
        answer(response, failure.statusCode, `<ErrorResponse><Error>${details}</Error></ErrorResponse>`);
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

function snsErrorOf(denied: AccessDenied): SnsError {
  return denied instanceof KeyAccessDenied
    ? new SnsError('KMSAccessDenied', denied.message, 400)
    : new SnsError('AuthorizationError', denied.message, 403);
}
