import { once } from 'node:events';
import {
  Agent,
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import { buffer } from 'node:stream/consumers';

/** What went over the wire. */
export interface WireCounts {
  /** By service and operation: `DynamoDB.UpdateItem`, `SQS.SendMessageBatch`. */
  readonly requests: Readonly<Record<string, number>>;
  /** Write units of tables, without their indexes. */
  readonly writeUnits: number;
}

export interface CountingProxy {
  readonly endpoint: string;
  forwardTo(endpoint: string): void;
  counts(): WireCounts;
  reset(): void;
  stop(): Promise<void>;
}

/**
 * Stands between AWS clients and the local engine. It asks DynamoDB for the consumed capacity of each request; a failed
 * condition, which is answered without it, is a unit, for the items here are below 1 KB.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.ConditionExpressions.html
 */
export async function startCountingProxy(): Promise<CountingProxy> {
  const agent = new Agent({ keepAlive: true });
  let target = new URL('http://127.0.0.1');
  let requests: Record<string, number> = {};
  let writeUnits = 0;

  async function forward(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const operation = operationOf(incoming);
    requests[operation] = (requests[operation] ?? 0) + 1;
    const body = withCapacity(operation, await buffer(incoming));
    const forwarded = httpRequest({
      agent,
      host: target.hostname,
      port: target.port,
      path: incoming.url,
      method: incoming.method,
      headers: { ...incoming.headers, host: target.host, 'content-length': body.byteLength },
    }).end(body);
    const [answer] = (await once(forwarded, 'response')) as [IncomingMessage];
    const answerBody = await buffer(answer);
    writeUnits += writeUnitsOf(operation, answerBody);
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers).end(answerBody);
  }

  const server = createServer((incoming, outgoing) => {
    forward(incoming, outgoing).catch((error: Error) => outgoing.destroy(error));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    forwardTo(endpoint) {
      target = new URL(endpoint);
    },
    counts: () => ({ requests, writeUnits }),
    reset() {
      requests = {};
      writeUnits = 0;
    },
    async stop() {
      server.closeAllConnections();
      agent.destroy();
      await once(server.close(), 'close');
    },
  };
}

/** `DynamoDB_20120810.UpdateItem` and `AmazonSQS.SendMessage`, without the version and the maker. */
function operationOf({ headers }: IncomingMessage): string {
  const target = String(headers['x-amz-target']);
  return target.replace(/^Amazon|_\d+(?=\.)/g, '');
}

const WRITE = /^DynamoDB\.(Update|Put|Delete|BatchWrite)/;

function withCapacity(operation: string, body: Buffer): Buffer {
  if (!WRITE.test(operation)) return body;
  return Buffer.from(JSON.stringify({ ...JSON.parse(body.toString()), ReturnConsumedCapacity: 'INDEXES' }));
}

function writeUnitsOf(operation: string, body: Buffer): number {
  if (!WRITE.test(operation)) return 0;
  const { __type: error = '', ConsumedCapacity: consumed = [] } = JSON.parse(body.toString()) as {
    __type?: string;
    ConsumedCapacity?: { CapacityUnits: number } | { CapacityUnits: number }[];
  };
  if (error.endsWith('ConditionalCheckFailedException')) return 1;
  return [consumed].flat().reduce((sum, { CapacityUnits }) => sum + CapacityUnits, 0);
}
