import type { IncomingMessage, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import type { Clock } from '../clock.ts';
import { type Refusal, refuse } from '../front-door/refusal.ts';
import type { RequestFault } from './fault.ts';
import type { FaultRules, HappeningFault } from './fault-rules.ts';
import { readFaultable, withBody } from './faultable-request.ts';
import { failInPart } from './partial-failure.ts';

export interface FaultyDoor {
  readonly service: string;
  readonly rules: FaultRules;
  readonly clock: Clock;
  readonly serve: (request: IncomingMessage) => void | Promise<void>;
  /** Kills the process that makes the request; resolves once it is gone. */
  readonly killCaller: () => Promise<void>;
}

/** Answers a request, with the fault that happens to it if there is one. */
export async function serveFaulty(
  request: IncomingMessage,
  response: ServerResponse,
  door: FaultyDoor,
): Promise<void> {
  const body = await buffer(request);
  const happening = door.rules.ofRequest(readFaultable(door.service, request, body));
  const again = withBody(request, body);
  if (happening === undefined) await door.serve(again);
  else await serveWith(happening, again, body, response, door);
}

async function serveWith(
  { fault, dice }: HappeningFault<RequestFault>,
  request: IncomingMessage,
  body: Buffer,
  response: ServerResponse,
  { service, clock, serve, killCaller }: FaultyDoor,
): Promise<void> {
  switch (fault.kind) {
    case 'throttle':
    case 'serverError':
      return refuse(request, response, refusalOf(fault.kind, service));
    case 'latency':
      await late(clock, fault.latencyMs ?? 0, request.socket.remotePort);
      return await serve(request);
    case 'lostAnswer':
      cutOff(response);
      return await serve(request);
    case 'partialFailure':
      return await failInPart(request, body, response, dice, serve);
    case 'crashBefore':
      await killCaller();
      response.destroy();
      return;
    case 'crashAfter':
      cutOff(response, killCaller);
      return await serve(request);
  }
}

async function late(clock: Clock, delayMs: number, port: number | undefined): Promise<void> {
  const due = Promise.withResolvers<void>();
  clock.setTimer(due.resolve, delayMs);
  await clock.letPass(due.promise, port);
}

/** Lets the service answer, and the answer not go out: the connection closes in its place. */
function cutOff(response: ServerResponse, first: () => Promise<void> = async () => {}): void {
  Object.assign(response, {
    writeHead: () => response,
    write: () => true,
    end() {
      void first().finally(() => response.destroy());
      return response;
    },
  });
}

const INJECTED = 'This is a fault on demand of the local engine';

/** As each service says it, so that its SDK takes it for what it is, and tries again. */
const REFUSALS: Readonly<
  Record<'throttle' | 'serverError', Readonly<Record<string, Omit<Refusal, 'message'>>>>
> = {
  throttle: {
    sqs: { status: 403, code: 'RequestThrottled' },
    s3: { status: 503, code: 'SlowDown' },
    lambda: { status: 429, code: 'TooManyRequestsException' },
  },
  serverError: {
    dynamodb: { status: 500, code: 'InternalServerError' },
    s3: { status: 500, code: 'InternalError' },
    lambda: { status: 500, code: 'ServiceException' },
  },
};

const OTHERS = {
  throttle: { status: 400, code: 'ThrottlingException' },
  serverError: { status: 500, code: 'InternalFailure' },
};

function refusalOf(kind: 'throttle' | 'serverError', service: string): Refusal {
  return { ...(REFUSALS[kind][service] ?? OTHERS[kind]), message: INJECTED };
}
