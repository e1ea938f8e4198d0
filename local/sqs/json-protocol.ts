import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { AccessDenied, type Authorize } from '../permissions/access-denied.ts';
import { KeyAccessDenied } from '../permissions/key-policies.ts';
import { authorizeRequest } from './authorize-request.ts';
import { toInput } from './input.ts';
import { SqsError } from './sqs-error.ts';
import type { SqsStore } from './sqs-store.ts';
import { VERBS } from './verbs.ts';

const CONTENT_TYPE = 'application/x-amz-json-1.0';

/**
 * Answers one request of the AWS JSON 1.0 protocol, which all SDKs since the end of 2023 speak to SQS.
 * https://smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html, with the error header of
 * https://smithy.io/2.0/aws/protocols/aws-query-protocol.html#awsquerycompatible-trait
 */
export async function handleJson(
  store: SqsStore,
  request: IncomingMessage,
  response: ServerResponse,
  authorize?: Authorize,
): Promise<void> {
  response.setHeader('x-amzn-RequestId', randomUUID());
  if (request.headers['content-type']?.startsWith('application/x-www-form-urlencoded')) {
    return refuseQueryProtocol(response);
  }
  try {
    const answer = await answerOf(store, request, response, authorize);
    send(response, 200, answer);
  } catch (error) {
    if (response.destroyed) return;
    const sqsError = toSqsError(error);
    const fault = sqsError.status < 500 ? 'Sender' : 'Receiver';
    response.setHeader('x-amzn-query-error', `${sqsError.queryCode};${fault}`);
    send(response, sqsError.status, { __type: sqsError.type, message: sqsError.message });
  }
}

async function answerOf(
  store: SqsStore,
  request: IncomingMessage,
  response: ServerResponse,
  authorize: Authorize | undefined,
): Promise<object> {
  const gone = new AbortController();
  response.on('close', () => gone.abort());
  const target = String(request.headers['x-amz-target'] ?? '');
  const action = /^AmazonSQS\.(\w+)$/.exec(target)?.[1] ?? target;
  const verb = Object.entries(VERBS).find(([name]) => name === action)?.[1];
  if (verb === undefined) {
    throw new SqsError('InvalidAction', `The action '${action}' is not valid for this endpoint.`);
  }
  if (verb === 'refused') {
    throw new SqsError('UnsupportedOperation', `${action} is not supported by the local SQS.`);
  }
  const input = toInput(parse(await text(request)), 'The request body');
  if (authorize) authorizeRequest(authorize, action, input, store);
  return verb(store, input, {
    senderId: senderIdOf(request),
    traceHeader: headerOf(request, 'x-amzn-trace-id'),
    signal: gone.signal,
    port: request.socket.remotePort,
  });
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (error) {
    throw new SqsError(
      'SerializationException',
      `The request body must be JSON: ${error instanceof Error ? error.message : error}`,
    );
  }
}

function headerOf(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === 'string' ? value : undefined;
}

/** AWS gives the id of the user or role; here the access key id is what tells callers apart. */
function senderIdOf(request: IncomingMessage): string {
  return /Credential=([^/,\s]+)/.exec(request.headers.authorization ?? '')?.[1] ?? 'anonymous';
}

function send(response: ServerResponse, status: number, answer: object): void {
  response.writeHead(status, { 'content-type': CONTENT_TYPE }).end(JSON.stringify(answer));
}

function toSqsError(error: unknown): SqsError {
  if (error instanceof SqsError) return error;
  if (error instanceof KeyAccessDenied) return new SqsError('KmsAccessDenied', error.message);
  if (error instanceof AccessDenied) return new SqsError('AccessDenied', error.message);
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return new SqsError('InternalFailure', `The local SQS failed, which is a defect of its own: ${message}`);
}

function refuseQueryProtocol(response: ServerResponse): void {
  const message =
    'The local SQS speaks the AWS JSON protocol only, not the older query protocol: use an SDK or AWS CLI of 2024 or later.';
  response
    .writeHead(400, { 'content-type': 'text/xml' })
    .end(
      `<ErrorResponse><Error><Type>Sender</Type><Code>UnsupportedOperation</Code><Message>${message}</Message></Error></ErrorResponse>`,
    );
}
