import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Clock } from '../clock.ts';
import type { HttpAnswer } from './http-answer.ts';

export interface HttpEndpointOptions {
  /** What listens, for the messages: `function URL of worker`. */
  readonly what: string;
  readonly clock: Clock;
  /** Default: any free port. */
  readonly port?: number;
  /** Rejects when the client goes away in the middle of its request. */
  answer(request: IncomingMessage): Promise<HttpAnswer>;
}

export interface HttpEndpoint {
  /** `http://127.0.0.1:49152/` */
  readonly url: string;
  stop(): Promise<void>;
}

/** What Lambda can be invoked with. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const MAX_BODY_BYTES = 6 * 1024 * 1024;

/** Listens on 127.0.0.1 for whatever leads to functions. Rejects when the port is taken. */
export async function startHttpEndpoint(options: HttpEndpointOptions): Promise<HttpEndpoint> {
  const server = createServer({ headersTimeout: 10_000, requestTimeout: 30_000 }, (request, response) => {
    response.once('close', options.clock.hold());
    void respond(request, response, options, portOf(server));
  });
  await listen(server, options);
  return {
    url: `http://127.0.0.1:${portOf(server)}/`,
    stop: () =>
      new Promise(resolve => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function listen(server: Server, { what, port = 0 }: HttpEndpointOptions): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', cause => {
      const message = `The ${what} cannot listen on port ${port}: ${cause.message}; free the port or choose another`;
      reject(new Error(message, { cause }));
    });
    server.listen(port, '127.0.0.1', resolve);
  });
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  { what, answer }: HttpEndpointOptions,
  port: number,
): Promise<void> {
  const { host } = request.headers;
  try {
    send(response, isOurHost(host, port) ? await answer(request) : foreign(host, what, port));
  } catch (error) {
    // The client went away in the middle of its request.
    response.destroy(error instanceof Error ? error : undefined);
  }
}

/** A web page can point a name of its own at 127.0.0.1 (DNS rebinding); what it cannot do is send our `Host`. */
function isOurHost(host: string | undefined, port: number): boolean {
  return ['127.0.0.1', 'localhost', '[::1]'].some(name => host === `${name}:${port}`);
}

function foreign(host = '(none)', what: string, port: number): HttpAnswer {
  const message = `Host ${host} is not the ${what}: use 127.0.0.1:${port}`;
  return { status: 403, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ message }) };
}

/** Undefined for more than Lambda takes. */
export async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function send(response: ServerResponse, { status, headers, body, close }: HttpAnswer): void {
  response.statusCode = status;
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  if (close) response.setHeader('connection', 'close');
  response.end(body);
}
