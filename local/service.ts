import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Authorize } from './permissions/access-denied.ts';

/**
 * One AWS service behind the front door. The front door has already refused foreign hosts and origins and bounded
 * the body's size and time; the service answers in its own protocol and with its own error shapes.
 */
export interface Service {
  /** The service's SigV4 signing name, which is how the front door finds it: `sqs`, `dynamodb`, `s3`, … */
  readonly signingName: string;
  /** @param authorize to be asked before it acts; without it, the caller may do everything. */
  handle(request: IncomingMessage, response: ServerResponse, authorize?: Authorize): void | Promise<void>;
  stop(): Promise<void>;
}

/** Where the engine pretends to be. */
export interface Location {
  readonly region: string;
  readonly accountId: string;
  /** The front door's base URL without a trailing slash: `http://127.0.0.1:4566`. */
  readonly endpoint: string;
}
