import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Message, type ReceiveMessageCommandInput, SQS } from '@aws-sdk/client-sqs';
import { onTestFinished } from 'vitest';
import { createSqsService, type SqsService } from '../../../local/sqs/sqs-service.ts';
import { createFakeClock, type FakeClock } from '../fake-clock.ts';

export const ACCOUNT_ID = '123456789012';
export const REGION = 'eu-west-1';

export interface SqsFixture {
  readonly sqs: SQS;
  readonly service: SqsService;
  readonly clock: FakeClock;
  readonly endpoint: string;
  /** A new queue's URL. */
  queue(name: string, attributes?: Record<string, string>): string;
  /** Received with all attributes. */
  receive(queueUrl: string, options?: Partial<ReceiveMessageCommandInput>): Promise<Message[]>;
  bodies(queueUrl: string, options?: Partial<ReceiveMessageCommandInput>): Promise<(string | undefined)[]>;
  arn(name: string): string;
}

/** The local SQS behind a server of its own, with a clock that only the test moves; gone when the test is. */
export async function startSqs(): Promise<SqsFixture> {
  const clock = createFakeClock();
  const server = createServer((request, response) => void service.handle(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const endpoint = `http://127.0.0.1:${port}`;
  const service = createSqsService({ clock, location: { region: REGION, accountId: ACCOUNT_ID, endpoint } });
  const sqs = new SQS({
    region: REGION,
    endpoint,
    credentials: { accessKeyId: 'AKIATEST', secretAccessKey: 'secret' },
    maxAttempts: 1,
  });
  onTestFinished(async () => {
    sqs.destroy();
    await service.stop();
    server.closeAllConnections();
    server.close();
  });

  const receive: SqsFixture['receive'] = async (QueueUrl, options) => {
    const all = { MessageSystemAttributeNames: ['All' as const], MessageAttributeNames: ['All'] };
    const { Messages } = await sqs.receiveMessage({ QueueUrl, MaxNumberOfMessages: 10, ...all, ...options });
    return Messages ?? [];
  };
  return {
    sqs,
    service,
    clock,
    endpoint,
    queue: (name, attributes = {}) => service.createQueue(name, attributes).url,
    receive,
    bodies: async (url, options) => (await receive(url, options)).map(message => message.Body),
    arn: name => `arn:aws:sqs:${REGION}:${ACCOUNT_ID}:${name}`,
  };
}

/** The name that error handling sees, the code that older handling sees, and the message. */
export async function errorOf(
  call: Promise<unknown>,
): Promise<{ name: string; code: unknown; message: string }> {
  try {
    await call;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return { name: error.name, code: 'Code' in error ? error.Code : undefined, message: error.message };
  }
  throw new Error('expected the call to fail');
}
