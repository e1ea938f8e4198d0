import { once } from 'node:events';
import { SMTPServer } from 'smtp-server';

/** A mail server on 127.0.0.1 that keeps what it is given. */
export interface MailServer {
  readonly port: number;
  /** How many mails each address got. */
  readonly mailsByAddress: ReadonlyMap<string, number>;
  /** The latest mail, headers and body. */
  readonly latest: string | undefined;
  stop(): Promise<void>;
}

export async function startMailServer(): Promise<MailServer> {
  const mailsByAddress = new Map<string, number>();
  let latest: string | undefined;
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    onData(stream, session, accepted) {
      const chunks: Buffer[] = [];
      stream.on('data', chunk => chunks.push(chunk));
      stream.on('end', () => {
        latest = Buffer.concat(chunks).toString();
        for (const { address } of session.envelope.rcptTo) {
          mailsByAddress.set(address, (mailsByAddress.get(address) ?? 0) + 1);
        }
        accepted();
      });
    },
  });
  const listener = server.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const address = listener.address();
  if (address === null || typeof address === 'string') throw new Error('the mail server listens on no port');
  return {
    port: address.port,
    mailsByAddress,
    get latest() {
      return latest;
    },
    stop: () => new Promise(resolve => server.close(resolve)),
  };
}
