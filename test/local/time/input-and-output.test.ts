import { once } from 'node:events';
import { createServer as createHttpServer, type Server as HttpServer } from 'node:http';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { START, startShop } from './start-shop.ts';

let http: HttpServer;
let tcp: Server;
let greeter: Server;
beforeAll(async () => {
  http = createHttpServer(async (_, response) => {
    await takeSomeTime();
    response.write('slow');
    await takeSomeTime();
    response.end();
  }).listen(0, '127.0.0.1');
  tcp = createServer(socket => {
    socket.on('data', async () => {
      await takeSomeTime();
      socket.write('slow');
    });
  }).listen(0, '127.0.0.1');
  greeter = createServer(async socket => {
    await takeSomeTime();
    socket.write('hello');
  }).listen(0, '127.0.0.1');
  await Promise.all([http, tcp, greeter].map(server => once(server, 'listening')));
});
afterAll(() => {
  http.closeAllConnections();
  http.close();
  tcp.close();
  greeter.close();
});

async function takeSomeTime(): Promise<void> {
  for (let turn = 0; turn < 2000; turn++) await setImmediate();
}

const portOf = (server: Server) => (server.address() as AddressInfo).port;

const KINDS: Readonly<Record<string, (ports: { http: number; tcp: number; greeter: number }) => string>> = {
  fetch: ({ http }) => `(await fetch("http://127.0.0.1:${http}")).text()`,
  'node:http': ({
    http,
  }) => `new Promise(done => require("node:http").get("http://127.0.0.1:${http}", response => {
    response.resume().on("end", done);
  }))`,
  'another protocol': ({ tcp }) => `new Promise(done => {
    const socket = new (require("node:net").Socket)();
    socket.connect(${tcp}, "127.0.0.1");
    socket.on("data", done).write("query");
  })`,
  'a greeting': ({ greeter }) => `new Promise(done => {
    require("node:net").connect(${greeter}, "127.0.0.1").on("data", done);
  })`,
  files: () => 'require("node:fs/promises").readFile(process.execPath)',
  'name lookups': () => 'require("node:dns/promises").lookup("localhost")',
  'child processes':
    () => `new Promise((done, failed) => require("node:child_process").execFile(process.execPath,
    ["-e", "0"], error => error ? failed(error) : done()))`,
  compression: () => 'require("node:util").promisify(require("node:zlib").gzip)(Buffer.alloc(4e7))',
  'streams of compression': () => `new Promise(done => {
    const gzip = require("node:zlib").createGzip().on("end", done);
    gzip.resume().end(Buffer.alloc(4e7));
  })`,
  scrypt: () => 'require("node:util").promisify(require("node:crypto").scrypt)("a", "b", 64)',
  'key pairs': () =>
    'require("node:util").promisify(require("node:crypto").generateKeyPair)("rsa", { modulusLength: 3072 })',
  'web cryptography': () => 'crypto.subtle.digest("SHA-256", Buffer.alloc(4e7))',
};

test.each(Object.entries(KINDS))('time stands still during %s', async (_, work) => {
  const code = work({ http: portOf(http), tcp: portOf(tcp), greeter: portOf(greeter) });
  const { clock, lines, send } = await startShop(`
    const work = async () => { await ${code}; return "done" };
    const timer = new Promise(resolve => setTimeout(resolve, 1, "overtaken by time"));
    console.log(await Promise.race([work(), timer]), Date.now());`);
  await send('x');
  await clock.advanceTo(START + 60_000);
  expect(lines).toEqual([`done ${START}`]);
});

test('a handler that waits for messages lets time pass until they come', async () => {
  const { clock, lines, send, sendToInbox } = await startShop(`
    const { SQSClient, ReceiveMessageCommand } = require(process.env.SQS);
    const receive = new ReceiveMessageCommand({ QueueUrl: process.env.INBOX, WaitTimeSeconds: 20 });
    const { Messages: [{ Body }] } = await new SQSClient({}).send(receive);
    console.log(Body, Date.now());`);
  await sendToInbox('letter', 10);
  await send('x');
  await clock.advanceTo(START + 60_000);
  expect(lines).toEqual([`letter ${START + 10_000}`]);
});

test('a handler that calls another function waits as long as that one does', async () => {
  const { clock, lines, send } = await startShop(`
    const { LambdaClient, InvokeCommand } = require(process.env.LAMBDA);
    const { Payload } = await new LambdaClient({}).send(new InvokeCommand({ FunctionName: process.env.OTHER }));
    console.log(Buffer.from(Payload).toString(), Date.now());`);
  await send('x');
  await clock.advanceTo(START + 90_000);
  expect(lines).toEqual([`${START} ${START + 60_000}`]);
});

test("an answer has the clock's date, by which clients correct theirs and then repeat what has failed", async () => {
  const { clock, lines, send } = await startShop(`
    const { SQSClient, GetQueueUrlCommand } = require(process.env.SQS);
    const refused = new SQSClient({}).send(new GetQueueUrlCommand({ QueueName: 'none' }));
    const { name, $metadata, $response } = await refused.catch(error => error);
    console.log(name, $metadata.attempts, $response.headers.date);`);
  await send('x');
  await clock.advanceTo(START + 60_000);
  expect(lines).toEqual(['QueueDoesNotExist 1 Tue, 01 Jan 2030 00:00:00 GMT']);
});

test('a request of the test is answered while time stands still, and one that waits is when time passes', async () => {
  const { clock, receiveFromInbox, sendToInbox } = await startShop('');
  await sendToInbox('now');
  expect(await receiveFromInbox(20)).toEqual(['now']);
  await sendToInbox('later', 30);
  const polled = receiveFromInbox(20);
  const second = clock.advanceTo(START + 25_000);
  expect(await polled).toEqual([]);
  await second;
});
