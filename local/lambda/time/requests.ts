import { subscribe } from 'node:diagnostics_channel';
import type { ClientRequest } from 'node:http';
import type { Socket } from 'node:net';
import type { UnderWay } from './input-and-output.ts';

interface Request {
  readonly what: string;
  /** Undefined until it has a connection. */
  localPort?: number | undefined;
}

/** Requests of `node:http`, and so of the AWS SDK, and of `fetch`, until their answers have been read. */
export function watchRequests(): UnderWay {
  const open = new Map<object, Request>();

  subscribe('http.client.request.created', message => {
    const { request } = message as { readonly request: ClientRequest };
    const what = `${request.method} ${request.protocol}//${request.host}${request.path}`;
    open.set(request, {
      what,
      get localPort() {
        return request.socket?.localPort;
      },
    });
    request.once('close', () => open.delete(request));
  });

  // https://github.com/nodejs/undici/blob/main/docs/docs/api/DiagnosticsChannel.md
  subscribe('undici:request:create', message => {
    const { request } = message as UndiciMessage;
    open.set(request, { what: `${request.method} ${request.origin}${request.path}` });
  });
  subscribe('undici:client:sendHeaders', message => {
    const { request, socket } = message as UndiciMessage & { readonly socket: Socket };
    const known = open.get(request);
    if (known) known.localPort = socket.localPort;
  });
  const ended = (message: unknown) => void open.delete((message as UndiciMessage).request);
  subscribe('undici:request:trailers', ended);
  subscribe('undici:request:error', ended);

  return waitedFor =>
    [...open.values()]
      .filter(({ localPort }) => localPort === undefined || !waitedFor.has(localPort))
      .map(({ what }) => what);
}

interface UndiciMessage {
  readonly request: { readonly method: string; readonly origin: string; readonly path: string };
}
