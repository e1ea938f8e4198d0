import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

/** What a handler tells at each of its attempts. */
export interface Call {
  readonly subject: string;
  readonly attempt: number;
  readonly epoch: number;
  readonly idempotencyKey: string;
  readonly pid: number;
  readonly traceparent: string | undefined;
}

/** What the attempt is to do: succeed, throw, or take its process down. */
export type Answer = 'succeed' | 'fail' | 'crash';

type Decide = (call: Call) => Answer | Promise<Answer>;

/** A service that handlers call: the ledger of their effects, out of the system's reach, and what decides on them. */
export interface Outside {
  readonly url: string;
  /** In the order of their arrival, each with its time. */
  callsOf(...subjects: string[]): readonly (Call & { readonly at: number })[];
  /** How calls for this subject are answered; without it they succeed. */
  decide(subject: string, decide: Decide): void;
  /** Processes that have called. */
  readonly pids: ReadonlySet<number>;
  stop(): Promise<void>;
}

/** @param now of the app, in milliseconds */
export async function startOutside(now = () => performance.now()): Promise<Outside> {
  const ledger: (Call & { at: number })[] = [];
  const decisions = new Map<string, Decide>();
  const answer = async (request: IncomingMessage): Promise<Answer> => {
    const call = (await json(request)) as Call;
    ledger.push({ ...call, at: now() });
    return (await decisions.get(call.subject)?.(call)) ?? 'succeed';
  };
  const server = createServer((request, response) => {
    answer(request).then(
      decided => response.end(JSON.stringify(decided)),
      error => response.writeHead(500).end(String(error)),
    );
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    callsOf: (...subjects) => ledger.filter(({ subject }) => subjects.includes(subject)),
    decide: (subject, decide) => void decisions.set(subject, decide),
    get pids() {
      return new Set(ledger.map(({ pid }) => pid));
    },
    async stop() {
      server.closeAllConnections();
      await once(server.close(), 'close');
    },
  };
}
