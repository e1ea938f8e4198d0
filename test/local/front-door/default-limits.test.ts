import diagnostics from 'node:diagnostics_channel';
import { once } from 'node:events';
import { request, Server } from 'node:http';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { type FrontDoorLimits, openFrontDoor } from '../../../local/front-door/front-door.ts';

const HEADERS = {
  authorization: 'AWS4-HMAC-SHA256 Credential=AKID/20261122/eu-west-1/sqs/aws4_request, Signature=0',
};

/** A door in front of a service that answers at once, whatever is still to come of a request. */
async function open(limits?: Partial<FrontDoorLimits>) {
  const door = await openFrontDoor({ port: 0, ...(limits && { limits }) });
  onTestFinished(() => door.stop());
  const handle = (_request: unknown, response: { end(): void }) => response.end();
  door.add({ signingName: 'sqs', handle, stop: async () => {} });
  return async (declaredBytes: number) => {
    const sent = request(door.endpoint, {
      method: 'POST',
      headers: { ...HEADERS, 'content-length': declaredBytes },
    });
    sent.flushHeaders();
    const [response] = await once(sent, 'response');
    const body = await text(response);
    sent.on('error', () => {}).destroy();
    return { status: response.statusCode, body };
  };
}

/** The server that took the next request, as node tells of it. */
async function serverOf(send: (declaredBytes: number) => Promise<unknown>): Promise<Server> {
  let server: unknown;
  const listen = (message: unknown) => {
    if (typeof message === 'object' && message !== null && 'server' in message) server = message.server;
  };
  diagnostics.subscribe('http.server.request.start', listen);
  await send(0);
  diagnostics.unsubscribe('http.server.request.start', listen);
  if (!(server instanceof Server)) throw new Error('no server took the request');
  return server;
}

test('takes a body of 64 MiB and no byte more when no limit is given', async () => {
  const declare = await open();
  expect(await declare(67_108_864)).toMatchObject({ status: 200 });
  expect(await declare(67_108_865)).toMatchObject({
    status: 413,
    body: expect.stringContaining('at most 67108864 bytes, got 67108865 bytes'),
  });
});

test('gives headers ten seconds and requests five minutes to arrive, and idle connections for ever', async () => {
  const { headersTimeout, requestTimeout, keepAliveTimeout } = await serverOf(await open());
  expect({ headersTimeout, requestTimeout, keepAliveTimeout }).toEqual({
    headersTimeout: 10_000,
    requestTimeout: 300_000,
    keepAliveTimeout: 0,
  });
});

test('leaves the other limits as they are when one is given', async () => {
  const declare = await open({ headersTimeoutMs: 1_000 });
  const { headersTimeout, requestTimeout } = await serverOf(declare);
  expect([headersTimeout, requestTimeout]).toEqual([1_000, 300_000]);
  expect(await declare(67_108_865)).toMatchObject({ status: 413 });
});
