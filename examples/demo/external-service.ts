import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { setTimeout } from 'node:timers/promises';

/** A service of somebody else's on 127.0.0.1, slow and flaky on purpose. */
export interface ExternalService {
  readonly url: string;
  /** How often each account was brought up to date; a repeated idempotency key does nothing again. */
  readonly syncsByAccount: ReadonlyMap<string, number>;
  readonly requests: number;
  stop(): Promise<void>;
}

/**
 * One account in four has trouble at first: a failure (503) or the wish to slow down (429), up to three of them, so that
 * the task's six attempts are enough. Accounts whose name begins with `closed-` are gone
 * (410), those with `broken-` fail always (500).
 */
export async function startExternalService(): Promise<ExternalService> {
  const syncsByAccount = new Map<string, number>();
  const seenKeys = new Set<string>();
  const troubles = new Map<string, number[]>();
  const dice = createDice(20_261_122);
  let requests = 0;

  const sync = (account: string, key: string, response: ServerResponse) => {
    if (account.startsWith('closed-')) return answer(response, 410, 'the account is closed');
    if (account.startsWith('broken-')) return answer(response, 500, 'internal error');
    const ahead = troubles.get(account) ?? drawTroubles(dice);
    troubles.set(account, ahead);
    const trouble = ahead.shift();
    if (trouble === 429) return answer(response, 429, 'slow down', { 'retry-after': '1' });
    if (trouble !== undefined) return answer(response, trouble, 'try again');
    if (!seenKeys.has(key)) syncsByAccount.set(account, (syncsByAccount.get(account) ?? 0) + 1);
    seenKeys.add(key);
    return answer(response, 200, 'synced');
  };

  const server = createServer(async (request, response) => {
    requests++;
    request.resume();
    await setTimeout(20 + 80 * dice());
    const account = /^\/accounts\/([a-z0-9-]+)\/sync$/.exec(request.url ?? '')?.[1];
    if (account === undefined) return answer(response, 404, 'not found');
    return sync(account, String(request.headers['idempotency-key']), response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the service listens on no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    syncsByAccount,
    get requests() {
      return requests;
    },
    async stop() {
      server.closeAllConnections();
      await new Promise(resolve => server.close(resolve));
    },
  };
}

/** The answers that an account's first requests get. */
function drawTroubles(dice: () => number): number[] {
  const troubles: number[] = [];
  while (troubles.length < 3 && dice() < 0.25) troubles.push(dice() < 0.2 ? 429 : 503);
  return troubles;
}

function answer(
  response: ServerResponse,
  status: number,
  body: string,
  headers: Record<string, string> = {},
) {
  response.writeHead(status, headers).end(body);
}

/** The same luck in every demonstration: a linear congruential generator. */
function createDice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
