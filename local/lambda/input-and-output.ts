import { subscribe } from 'node:diagnostics_channel';
import type { ClientRequest } from 'node:http';
import { setImmediate, setTimeout } from 'node:timers';

/** What this process has under way outside of itself: requests, files, name lookups, child processes. */
export interface InputAndOutput {
  /** Resolves once there is nothing of it, and the handler has gone on as far as it can. */
  finished(): Promise<void>;
}

/** Handles that lie open for as long as somebody might use them, and the machine's timers, which only Node's own are. */
const AT_REST = new Set([
  ...[
    'FSEventWrap',
    'MessagePort',
    'PipeWrap',
    'SignalWrap',
    'StatWatcher',
    'TCPServerWrap',
    'TCPSocketWrap',
  ],
  ...['TLSWrap', 'TTYWrap', 'Timeout', 'UDPWrap', 'Worker'],
]);

/** A promise that was resolved, and what follows from it, may take some turns of the event loop. */
const TURNS = 3;

/** To be called before anything is loaded that may begin something. */
export function watchInputAndOutput(): InputAndOutput {
  // The test's fake timers are not installed yet: these stay the machine's.
  const later = setTimeout;
  const requests = new Set<object>();
  subscribe('http.client.request.created', message => {
    const { request } = message as { readonly request: ClientRequest };
    requests.add(request);
    request.once('close', () => requests.delete(request));
  });
  // Of the built-in `fetch` and of undici itself.
  subscribe('undici:request:create', message => requests.add(requestOf(message)));
  subscribe('undici:request:trailers', message => requests.delete(requestOf(message)));
  subscribe('undici:request:error', message => requests.delete(requestOf(message)));

  return {
    async finished() {
      for (;;) {
        for (let turn = 0; turn < TURNS; turn++) await new Promise<void>(resolve => setImmediate(resolve));
        if (requests.size === 0 && process.getActiveResourcesInfo().every(name => AT_REST.has(name))) return;
        await new Promise(resolve => later(resolve, 1));
      }
    },
  };
}

function requestOf(message: unknown): object {
  return (message as { readonly request: object }).request;
}
