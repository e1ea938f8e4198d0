import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

/** A mail service that the test asks what it got, and that can be down. */
export interface MailService {
  readonly url: string;
  /** In their order. */
  readonly mails: readonly string[];
  /** How many of the next requests are refused. */
  refuse(times: number): void;
  stop(): Promise<void>;
}

/** @param now the time of the app, for the mails' stamps */
export async function startMailService(now: () => Date): Promise<MailService> {
  const mails: string[] = [];
  let refusals = 0;
  const server = createServer(async (request, response) => {
    const { to, subject } = (await json(request)) as { to: string; subject: string };
    const refused = refusals > 0;
    if (refused) refusals--;
    mails.push(`${now().toISOString()} ${to}: ${subject}${refused ? ' (refused)' : ''}`);
    response.writeHead(refused ? 503 : 202).end();
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    mails,
    refuse: times => {
      refusals = times;
    },
    async stop() {
      server.closeAllConnections();
      await once(server.close(), 'close');
    },
  };
}
