import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { callerOf } from '../../../local/front-door/credential-scope.ts';
import {
  type FrontDoor,
  type FrontDoorOptions,
  openFrontDoor,
} from '../../../local/front-door/front-door.ts';
import { eventually } from '../../eventually.ts';
import { createFakeClock } from '../fake-clock.ts';

type Handle = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

let door: FrontDoor | undefined;
afterEach(async () => {
  await door?.stop();
  door = undefined;
});

async function open(handle: Handle, limits: FrontDoorOptions['limits'] = {}) {
  const opened = await openFrontDoor({ port: 0, limits });
  opened.add({ signingName: 'sqs', handle, stop: async () => {} });
  door = opened;
  return Object.assign(opened, { port: Number(new URL(opened.endpoint).port) });
}

const echo: Handle = async (incoming, response) => void response.end(await text(incoming));

function signedFor(service: string): Record<string, string> {
  return {
    authorization: `AWS4-HMAC-SHA256 Credential=AKID/20261122/eu-west-1/${service}/aws4_request, Signature=0`,
  };
}

async function send(
  port: number,
  options: { headers?: Record<string, string>; path?: string; body?: string | Buffer; method?: string } = {},
) {
  const { headers = signedFor('sqs'), path = '/', body = '', method = 'POST' } = options;
  const sent = request({ host: '127.0.0.1', port, path, method, headers });
  sent.end(body);
  const [response]: IncomingMessage[] = await once(sent, 'response');
  if (!response) throw new Error('no response');
  return { status: response.statusCode, body: await text(response) };
}

async function rawAnswer(port: number, bytes: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.write(bytes);
  return text(socket);
}

it('dates its answers by the clock that it is given, also where that is years ahead', async () => {
  door = await openFrontDoor({ port: 0, clock: createFakeClock(Date.UTC(2030, 0, 1)) });
  const { headers } = await fetch(door.endpoint);
  expect(headers.get('date')).toBe('Tue, 01 Jan 2030 00:00:00 GMT');
});

// https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
describe('routing', () => {
  it.each([
    ['the credential scope of the Authorization header', { headers: signedFor('sqs') }],
    [
      'a credential scope without a region (SigV4A)',
      {
        headers: {
          authorization: 'AWS4-ECDSA-P256-SHA256 Credential=AKID/20261122/sqs/aws4_request, Signature=0',
        },
      },
    ],
    [
      'the credential scope of a presigned URL',
      { path: '/?X-Amz-Credential=AKID%2F20261122%2Feu-west-1%2Fsqs%2Faws4_request', headers: {} },
    ],
    ['the target when there is no signature', { headers: { 'x-amz-target': 'AmazonSQS.SendMessage' } }],
  ])('finds the service by %s', async (_by, options) => {
    const { port } = await open(echo);
    expect(await send(port, { ...options, body: 'hello' })).toEqual({ status: 200, body: 'hello' });
  });

  it.each([
    ['names a service that is not there', signedFor('kms'), 'no service &quot;kms&quot;; it has: sqs'],
    ['is not signed', {}, 'not signed for any service'],
    ['is signed in another way', { authorization: 'Basic dTpw' }, 'not signed for any service'],
    ['has a target nobody knows', { 'x-amz-target': 'Nobody' }, 'not signed for any service'],
  ])('refuses a request that %s', async (_what, headers, message) => {
    const { port } = await open(echo);
    const answer = await send(port, { headers });
    expect(answer.status).toBe(403);
    expect(answer.body.replaceAll('"', '&quot;')).toContain(message);
  });

  it('fails to add a second service of the same name', async () => {
    const opened = await open(echo);
    expect(() => opened.add({ signingName: 'sqs', handle: echo, stop: async () => {} })).toThrow(
      'already has',
    );
  });

  it('tells who calls', async () => {
    const callers: (string | undefined)[] = [];
    const { port } = await open((incoming, response) => {
      callers.push(callerOf(incoming));
      response.end();
    });
    await send(port);
    await send(port, { headers: { 'x-amz-target': 'AmazonSQS.SendMessage' } });
    expect(callers).toEqual(['AKID', undefined]);
  });
});

describe('foreign pages', () => {
  it.each([
    'evil.example',
    'evil.example:PORT',
    '127.0.0.1',
    '127.0.0.1:1',
    'localhost.evil.example:PORT',
    '0.0.0.0:PORT',
  ])('refuses the host %s', async host => {
    const { port } = await open(echo);
    const answer = await send(port, {
      headers: { ...signedFor('sqs'), host: host.replace('PORT', String(port)) },
    });
    expect(answer).toMatchObject({ status: 403, body: expect.stringContaining('Host must be 127.0.0.1') });
  });

  it.each([
    '127.0.0.1:PORT',
    'localhost:PORT',
    'LOCALHOST:PORT',
    '[::1]:PORT',
  ])('accepts the host %s', async host => {
    const { port } = await open(echo);
    const headers = { ...signedFor('sqs'), host: host.replace('PORT', String(port)) };
    expect(await send(port, { headers })).toMatchObject({ status: 200 });
  });

  it.each([
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { origin: 'http://localhost:1' },
    { 'sec-fetch-site': 'cross-site' },
  ])('refuses %o', async headers => {
    const { port } = await open(echo);
    expect(await send(port, { headers: { ...signedFor('sqs'), ...headers } })).toMatchObject({ status: 403 });
  });

  it('accepts its own origin', async () => {
    const { port, endpoint } = await open(echo);
    expect(await send(port, { headers: { ...signedFor('sqs'), origin: endpoint } })).toMatchObject({
      status: 200,
    });
  });

  it('listens on 127.0.0.1 alone', async () => {
    const { port } = await open(echo);
    const elsewhere = connect(port, '127.0.0.2');
    const [error] = await once(elsewhere, 'error');
    expect(error).toMatchObject({ code: 'ECONNREFUSED' });
  });
});

describe('limits', () => {
  it('refuses a body that declares to be too long', async () => {
    const { port } = await open(echo, { maxBodyBytes: 10 });
    expect(await send(port, { body: 'x'.repeat(10) })).toMatchObject({ status: 200 });
    const answer = await send(port, { body: 'x'.repeat(11) });
    expect(answer).toMatchObject({
      status: 413,
      body: expect.stringContaining('at most 10 bytes, got 11 bytes'),
    });
  });

  it('refuses a body of undeclared length once it is too long', async () => {
    const { port } = await open(echo, { maxBodyBytes: 10 });
    const headers = { ...signedFor('sqs'), 'transfer-encoding': 'chunked' };
    expect(await send(port, { headers, body: 'x'.repeat(10) })).toEqual({
      status: 200,
      body: 'x'.repeat(10),
    });
    const answer = await send(port, { headers, body: 'x'.repeat(11) });
    expect(answer).toMatchObject({ status: 413, body: expect.stringContaining('got more than 10 bytes') });
  });

  it('ends a request whose headers do not arrive', async () => {
    const { port } = await open(echo, { headersTimeoutMs: 50 });
    expect(await rawAnswer(port, 'POST / HTTP/1.1\r\nHost: ')).toContain('408 Request Timeout');
  });

  it('ends a request whose body does not arrive', async () => {
    const { port } = await open(echo, { headersTimeoutMs: 50, requestTimeoutMs: 100 });
    const { authorization } = signedFor('sqs');
    const head = `POST / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAuthorization: ${authorization}\r\nContent-Length: 5\r\n\r\nab`;
    expect(await rawAnswer(port, head)).toContain('408 Request Timeout');
  });

  it.each([
    'nonsense\r\n\r\n',
    'GET / HTTP/1.1\r\n\r\n',
    'GET // HTTP/1.0\r\n\r\n',
    '\0\0\0\r\n\r\n',
    'CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n',
  ])('survives %j', async bytes => {
    const { port } = await open(echo);
    await rawAnswer(port, bytes).catch((error: unknown) => error);
    expect(await send(port)).toMatchObject({ status: 200 });
  });

  it('survives a client that leaves in the middle of its body', async () => {
    const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    const failures: unknown[] = [];
    const { port, stop } = await open(async incoming => {
      await text(incoming).catch((error: unknown) => {
        failures.push(error);
        throw error;
      });
    });
    const sent = request({
      host: '127.0.0.1',
      port,
      method: 'POST',
      headers: { ...signedFor('sqs'), 'content-length': '9' },
    });
    sent.on('error', () => {});
    sent.write('abc', () => sent.destroy());
    await eventually(() => expect(failures).toMatchObject([{ code: 'ECONNRESET' }]));
    await stop();
    expect(warned).not.toHaveBeenCalled();
    warned.mockRestore();
  });

  it("answers a service's unexpected error with a 500 that says what it was", async () => {
    const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    const { port } = await open(() => {
      throw new Error('broken inside');
    });
    expect(await send(port)).toMatchObject({ status: 500, body: expect.stringContaining('broken inside') });
    expect(warned).toHaveBeenCalledOnce();
    warned.mockRestore();
  });
});

describe('start and stop', () => {
  it('fails on a taken port, naming it and the way out', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const address = other.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    await expect(openFrontDoor({ port: address.port })).rejects.toThrow(
      `Port ${address.port} is taken on 127.0.0.1; stop what listens there or choose another port`,
    );
    other.close();
  });

  it('answers open requests before it stops, and refuses new ones meanwhile', async () => {
    // GIVEN a request that the service has not answered yet
    const held: ServerResponse[] = [];
    const { port, stop } = await open((_request, response) => void held.push(response));
    const answer = send(port);
    await eventually(() => expect(held).toHaveLength(1));
    expect(door?.openRequests).toBe(1);
    // WHEN the door is told to stop
    const stopped = stop();
    // THEN new requests are refused, and it stops after the answer
    expect(await send(port)).toMatchObject({ status: 503 });
    held[0]?.end('late');
    await stopped;
    expect(await answer).toEqual({ status: 200, body: 'late' });
    expect(door?.openRequests).toBe(0);
  });

  it.each([
    ['is kept alive', 'Content-Length: 0\r\n\r\n'],
    ['is still sending its headers', ''],
  ])('closes a connection that %s when it stops', async (_what, rest) => {
    // GIVEN a connection, whose bytes have arrived when another's request is answered
    const { port, stop } = await open(echo);
    const { authorization } = signedFor('sqs');
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => {}).resume();
    const closed = new Promise(resolve => socket.once('close', resolve));
    socket.write(`POST / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAuthorization: ${authorization}\r\n${rest}`);
    await send(port);
    // WHEN the door stops, THEN the connection is closed
    await stop();
    await closed;
  });
});
