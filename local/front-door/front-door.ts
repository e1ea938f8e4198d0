import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { isNativeError } from 'node:util/types';
import type { Clock } from '../clock.ts';
import type { Service } from '../service.ts';
import { boundChunkedBody, refuseLargeBody } from './body-limit.ts';
import { signingNameOf } from './credential-scope.ts';
import { refuseForeign } from './loopback-only.ts';
import { type Refusal, refuse } from './refusal.ts';

/** One HTTP server on 127.0.0.1 in front of all services. */
export interface FrontDoor {
  /** The base URL without a trailing slash: `http://127.0.0.1:4566`. */
  readonly endpoint: string;
  /** How many requests have come in and are not yet answered to the last byte. */
  readonly openRequests: number;
  /** Puts a service behind the door. @throws if another has its signing name */
  add(service: Service): void;
  /**
   * Waits until all open requests are answered (new ones get a 503), then closes every connection. Does not stop the
   * services: stop first those that hold requests open, as long polls are.
   */
  stop(): Promise<void>;
}

export interface FrontDoorOptions {
  /** 0 takes any free port. */
  readonly port: number;
  readonly limits?: Partial<FrontDoorLimits>;
  /**
   * What answers are dated by. An SDK that sees an error from another time takes its clock for wrong and waits before it
   * asks again, which never ends where time stands still.
   * @default the machine's time
   */
  readonly clock?: Clock;
}

export interface FrontDoorLimits {
  /** @default 64 MiB */
  readonly maxBodyBytes: number;
  /** How long a request's headers may take to arrive. @default 10 seconds */
  readonly headersTimeoutMs: number;
  /** How long a whole request may take to arrive; its answer may take longer. @default 5 minutes */
  readonly requestTimeoutMs: number;
}

/** @throws if the port is taken, naming it */
export async function openFrontDoor(options: FrontDoorOptions): Promise<FrontDoor> {
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const services = new Map<string, Service>();
  const open = new Set<ServerResponse>();
  let stopping: Promise<void> | undefined;

  const server = createHttpServer(limits);
  const port = await listen(server, options.port);
  server.on('request', (request, response) => {
    open.add(response);
    if (options.clock) response.setHeader('date', new Date(options.clock.now()).toUTCString());
    response.once('close', () => open.delete(response));
    const refusal =
      (stopping && STOPPING) ?? refuseForeign(request, port) ?? refuseLargeBody(request, limits.maxBodyBytes);
    if (refusal) return refuse(request, response, refusal);
    const service = services.get(signingNameOf(request) ?? '');
    if (!service) return refuse(request, response, noService(request, services));
    boundChunkedBody(request, response, limits.maxBodyBytes);
    void serve(service, request, response);
  });

  async function stop() {
    for (const response of open) await new Promise(resolve => response.once('close', resolve));
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  }

  return {
    endpoint: `http://127.0.0.1:${port}`,
    get openRequests() {
      return open.size;
    },
    add(service) {
      if (services.has(service.signingName)) {
        throw new Error(`The front door already has a service ${JSON.stringify(service.signingName)}`);
      }
      services.set(service.signingName, service);
    },
    stop() {
      stopping ??= stop();
      return stopping;
    },
  };
}

const DEFAULT_LIMITS: FrontDoorLimits = {
  maxBodyBytes: 64 * 1024 * 1024,
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 300_000,
};

const STOPPING: Refusal = {
  status: 503,
  code: 'ServiceUnavailable',
  message: 'The local engine is stopping',
};

function createHttpServer({ headersTimeoutMs, requestTimeoutMs }: FrontDoorLimits): Server {
  return createServer({
    noDelay: true,
    // Idle connections stay open until stop: one closed by a timer meets the request that its client is just sending.
    keepAliveTimeout: 0,
    headersTimeout: headersTimeoutMs,
    requestTimeout: requestTimeoutMs,
    connectionsCheckingInterval: Math.min(1_000, headersTimeoutMs),
  });
}

async function listen(server: Server, port: number): Promise<number> {
  server.listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch (error) {
    if (isNativeError(error) && 'code' in error && error.code === 'EADDRINUSE') {
      const message = `Port ${port} is taken on 127.0.0.1; stop what listens there or choose another port (0: any free one)`;
      throw new Error(message, { cause: error });
    }
    throw error;
  }
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error(`No TCP address: ${address}`);
  return address.port;
}

async function serve(service: Service, request: IncomingMessage, response: ServerResponse) {
  try {
    await service.handle(request, response);
  } catch (error) {
    const clientLeft = request.errored !== null || response.destroyed;
    if (clientLeft) return;
    const failure = error instanceof Error ? error : new Error(String(error));
    process.emitWarning(failure);
    if (response.headersSent) response.destroy();
    else refuse(request, response, { status: 500, code: 'InternalFailure', message: failure.message });
  }
}

function noService(request: IncomingMessage, services: ReadonlyMap<string, Service>): Refusal {
  const known = [...services.keys()].sort().join(', ') || 'none yet';
  const name = signingNameOf(request);
  const message = name
    ? `The local engine has no service ${JSON.stringify(name)}; it has: ${known}`
    : `The request is not signed for any service (no SigV4 credential scope); the local engine has: ${known}`;
  return { status: 403, code: 'AccessDeniedException', message };
}
