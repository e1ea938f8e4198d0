import { expect, test, vi } from 'vitest';
import * as z from 'zod';
import { defineTask, runIdOfKey } from '../../../client/index.ts';
import { WEBHOOK_VARIABLE } from '../../../contract/webhook-environment.ts';
import { createWebhook, forward, githubSignature, type WebhookEvent } from '../../../lambda/index.ts';
import { envelopeOf, greet, intercept } from '../../client/cloud-fixture.ts';
import { GREET_ADA, githubEvent, greetRoute, SECRET, startWebhook } from './start-webhook.ts';

const wave = defineTask({ name: 'wave', payload: z.object({ name: z.string() }) });

test('a delivery sends its task under its id, and is answered 202 without a body', async () => {
  const { handler, messages, log } = await startWebhook();

  expect(await handler(githubEvent(GREET_ADA))).toEqual({ statusCode: 202, body: '' });

  const runId = runIdOfKey('greet', 'Shop/GitHub d-1');
  expect(messages().map(envelopeOf)).toMatchObject([
    { task: 'greet', runId, payload: { name: 'Ada' }, idempotencyKey: 'Shop/GitHub d-1' },
  ]);
  expect(log).toEqual([
    { level: 'INFO', message: 'Shop/GitHub: delivery d-1 is sent', task: 'greet', runId },
  ]);
});

test('a delivery that is replayed begins nothing new', async () => {
  const { handler, messages, runs, log } = await startWebhook();
  await handler(githubEvent(GREET_ADA));
  messages();

  expect(await handler(githubEvent(GREET_ADA))).toMatchObject({ statusCode: 202 });

  expect(await runs()).toHaveLength(1);
  expect(log.at(-1)?.message).toBe('Shop/GitHub: delivery d-1 has its run already');
});

test('a redelivery whose payload is made otherwise by now begins nothing new either', async () => {
  const suffix = vi.fn(() => '!');
  const route = forward(greet, () => ({ name: `Ada${suffix()}` }));
  const { handler, runs } = await startWebhook({ routes: [route] });
  await handler(githubEvent(GREET_ADA));
  suffix.mockReturnValue('?');

  expect(await handler(githubEvent(GREET_ADA))).toMatchObject({ statusCode: 202 });
  expect(await runs()).toMatchObject([{ status: 'queued' }]);
});

test('two deliveries with one body are two runs', async () => {
  const { handler, runs } = await startWebhook();
  for (const id of ['d-1', 'd-2']) await handler(githubEvent(GREET_ADA, { id }));
  expect(await runs()).toHaveLength(2);
});

test('the key that a task gives its payload comes before the id of the delivery', async () => {
  const keyed = defineTask({
    name: 'greet',
    payload: z.object({ name: z.string() }),
    idempotency: { key: ({ name }) => name },
  });
  const { handler, runs } = await startWebhook({ routes: [forward(keyed, () => ({ name: 'Ada' }))] });
  for (const id of ['d-1', 'd-2']) await handler(githubEvent(GREET_ADA, { id }));
  expect(await runs()).toMatchObject([{ runId: runIdOfKey('greet', 'Ada') }]);
});

test('a key of the task’s own that stands for another payload is an error, for something would be lost', async () => {
  const keyed = defineTask({
    name: 'greet',
    payload: z.object({ name: z.string() }),
    idempotency: { key: () => 'one' },
  });
  const route = forward(keyed, ({ id }) => ({ name: id }));
  const { handler } = await startWebhook({ routes: [route] });
  await handler(githubEvent(GREET_ADA));
  await expect(handler(githubEvent(GREET_ADA, { id: 'd-2' }))).rejects.toThrow('has another payload');
});

test('a task that takes a second send for an error takes a redelivery for none', async () => {
  const strict = defineTask({
    name: 'greet',
    payload: z.object({ name: z.string() }),
    idempotency: { ifActive: 'throw' },
  });
  const { handler } = await startWebhook({ routes: [forward(strict, () => ({ name: 'Ada' }))] });
  await handler(githubEvent(GREET_ADA));
  expect(await handler(githubEvent(GREET_ADA))).toMatchObject({ statusCode: 202 });
});

test('a delivery that no route wants is answered 204, and sends nothing', async () => {
  const { handler, messages } = await startWebhook({ routes: [forward(greet, () => 'ignore')] });
  expect(await handler(githubEvent(GREET_ADA))).toEqual({ statusCode: 204, body: '' });
  expect(messages()).toEqual([]);
});

test('a delivery goes to each route that wants it', async () => {
  const routes = [greetRoute, forward(wave, () => ({ name: 'Bob' })), forward(nod(), () => 'ignore')];
  const { cloud } = await startWebhook();
  const queue = cloud.queue({ tasks: ['greet', 'wave', 'nod'] });
  const { handler } = await startWebhook({
    routes,
    options: { queues: [queue], sqs: cloud.sqs, dynamodb: cloud.dynamodb },
  });

  expect(await handler(githubEvent(GREET_ADA))).toMatchObject({ statusCode: 202 });

  expect(cloud.messages(queue).map(envelopeOf)).toMatchObject([
    { task: 'greet', payload: { name: 'Ada' } },
    { task: 'wave', payload: { name: 'Bob' } },
  ]);
});

function nod() {
  return defineTask({ name: 'nod', payload: z.null() });
}

test('a route gives a FIFO queue its message group', async () => {
  const { cloud } = await startWebhook();
  const queue = cloud.queue({ fifo: true });
  const route = forward(greet, () => ({ name: 'Ada' }), {
    groupKey: ({ name }, { id }) => `${name}-${id}`,
  });
  const options = { queues: [queue], sqs: cloud.sqs, dynamodb: cloud.dynamodb };
  const { handler } = await startWebhook({ routes: [route], options });

  await handler(githubEvent(GREET_ADA));

  expect(cloud.messages(queue)).toMatchObject([{ attributes: { MessageGroupId: 'Ada-d-1' } }]);
});

test('a route sees headers, body, id and time of the delivery', async () => {
  const seen = vi.fn(() => 'ignore' as const);
  const { handler, clock } = await startWebhook({ routes: [forward(greet, seen)] });
  await handler(githubEvent(GREET_ADA));
  expect(seen).toHaveBeenCalledWith({
    id: 'd-1',
    headers: expect.objectContaining({ 'x-github-event': 'issues' }),
    body: { name: 'Ada' },
    rawBody: Buffer.from(GREET_ADA),
    receivedAt: new Date(clock.now()),
  });
});

const { headers: signedHeaders } = githubEvent(GREET_ADA);

test.each<{ what: string; event: WebhookEvent; statusCode: number; message: string }>([
  {
    what: 'a signature by another secret',
    event: githubEvent(GREET_ADA, { secret: 'guessed' }),
    statusCode: 401,
    message: 'Shop/GitHub answered 401: the signature does not match',
  },
  {
    what: 'a body that was changed',
    event: { ...githubEvent(GREET_ADA), body: '{"name":"Eve"}' },
    statusCode: 401,
    message: 'Shop/GitHub answered 401: the signature does not match',
  },
  {
    what: 'no signature',
    event: { ...githubEvent(GREET_ADA), headers: {} },
    statusCode: 401,
    message: 'Shop/GitHub answered 401: no header x-hub-signature-256',
  },
  {
    what: 'no headers at all',
    event: { httpMethod: 'POST', headers: null, body: null },
    statusCode: 401,
    message: 'Shop/GitHub answered 401: no header x-hub-signature-256',
  },
  {
    what: 'a signed body that is no JSON',
    event: githubEvent('payload=%7B%7D'),
    statusCode: 400,
    message: 'Shop/GitHub answered 400: the body is no JSON',
  },
  {
    what: 'no body',
    event: githubEvent(''),
    statusCode: 400,
    message: 'Shop/GitHub answered 400: the body is no JSON',
  },
  {
    what: 'no delivery id',
    event: githubEvent(GREET_ADA, { id: '' }),
    statusCode: 400,
    message: 'Shop/GitHub answered 400: the delivery has no id of 1 to 512 characters',
  },
  {
    what: 'a delivery id that is too long',
    event: githubEvent(GREET_ADA, { id: 'd'.repeat(513) }),
    statusCode: 400,
    message: 'Shop/GitHub answered 400: the delivery has no id of 1 to 512 characters',
  },
  {
    what: 'a body that is too large',
    event: githubEvent(JSON.stringify({ name: 'a'.repeat(100) })),
    statusCode: 413,
    message: 'Shop/GitHub answered 413: the body has 111 bytes, at most 100 are taken',
  },
  {
    what: 'another method',
    event: { ...githubEvent(GREET_ADA), requestContext: { http: { method: 'GET' } } },
    statusCode: 405,
    message: 'Shop/GitHub answered 405: the method is not POST',
  },
])('$what is answered $statusCode without a word, and sends nothing', async ({
  event,
  statusCode,
  message,
}) => {
  const { handler, messages, runs, log } = await startWebhook({ options: { maxBodyBytes: 100 } });

  const answer = await handler(event);

  expect(answer).toEqual({ statusCode, body: '', ...(statusCode === 405 && { headers: { allow: 'POST' } }) });
  expect(messages()).toEqual([]);
  expect(await runs()).toEqual([]);
  expect(log).toEqual([{ level: 'WARN', message }]);
});

test.each<{ what: string; event: WebhookEvent }>([
  {
    what: 'base64, as Lambda hands on what it does not take for text',
    event: {
      ...githubEvent(GREET_ADA),
      body: Buffer.from(GREET_ADA).toString('base64'),
      isBase64Encoded: true,
    },
  },
  {
    what: 'headers in capitals',
    event: {
      ...githubEvent(GREET_ADA),
      headers: Object.fromEntries(
        Object.entries(signedHeaders ?? {}).map(([name, value]) => [name.toUpperCase(), value]),
      ),
    },
  },
  {
    what: 'payload format 1.0, with all values of each header',
    event: {
      httpMethod: 'POST',
      headers: { 'X-Hub-Signature-256': 'the last value' },
      multiValueHeaders: Object.fromEntries(
        Object.entries(signedHeaders ?? {}).map(([name, value = '']) => [name, [value]]),
      ),
      body: GREET_ADA,
    },
  },
])('a delivery is verified that comes in $what', async ({ event }) => {
  const { handler, messages } = await startWebhook();
  expect(await handler(event)).toMatchObject({ statusCode: 202 });
  expect(messages()).toHaveLength(1);
});

const SIGNATURE = signedHeaders?.['x-hub-signature-256'] ?? '';

test.each<{ what: string; event: WebhookEvent }>([
  {
    what: 'in two spellings',
    event: {
      ...githubEvent(GREET_ADA),
      headers: { ...signedHeaders, 'X-Hub-Signature-256': SIGNATURE },
    },
  },
  {
    what: 'with two values',
    event: {
      httpMethod: 'POST',
      headers: signedHeaders,
      multiValueHeaders: { 'x-hub-signature-256': [SIGNATURE, 'sha256=00'], 'x-github-delivery': ['d-1'] },
      body: GREET_ADA,
    },
  },
])('a signature that comes twice, $what, is none', async ({ event }) => {
  const { handler } = await startWebhook();
  expect(await handler(event)).toMatchObject({ statusCode: 401 });
});

test.each([
  { made: 'as before', names: ['Ada', 'Ada'] },
  { made: 'otherwise by now', names: ['Ada', 'Bob'] },
])('fails when SQS does not take the task; the redelivery, its payload made $made, sends it', async ({
  names,
}) => {
  const [first = '', second = ''] = names;
  const name = vi.fn(() => second).mockReturnValueOnce(first);
  const route = forward(greet, () => ({ name: name() }));
  const { handler, messages, cloud } = await startWebhook({ routes: [route] });
  let down = true;
  intercept(cloud.sqs, async (_command, next) => {
    if (down) throw new Error('SQS is down');
    return await next();
  });

  await expect(handler(githubEvent(GREET_ADA))).rejects.toThrow('SQS is down');
  down = false;
  expect(await handler(githubEvent(GREET_ADA))).toMatchObject({ statusCode: 202 });

  expect(messages().map(envelopeOf)).toMatchObject([{ payload: { name: second } }]);
});

test('fails when a route throws, and when the task refuses the payload that it made', async () => {
  const throwing = forward(greet, () => {
    throw new Error('unheard of');
  });
  const wrong = forward(greet, () => ({ name: 7 }) as unknown as { name: string });
  for (const [route, message] of [
    [throwing, 'unheard of'],
    [wrong, "The payload of task 'greet' is not valid"],
  ] as const) {
    const { handler } = await startWebhook({ routes: [route] });
    await expect(handler(githubEvent(GREET_ADA))).rejects.toThrow(message);
  }
});

test('a signature of one’s own may answer later, and its reason is cut', async () => {
  const own = {
    verify: async (_request: unknown, secret: string) => (secret === SECRET ? true : 'no '.repeat(1000)),
    deliveryId: () => 'own',
  };
  const right = await startWebhook({ signature: own });
  const wrong = await startWebhook({ signature: own, secret: 'another' });

  expect(await right.handler(githubEvent(GREET_ADA))).toMatchObject({ statusCode: 202 });
  expect(await wrong.handler(githubEvent(GREET_ADA))).toMatchObject({ statusCode: 401 });
  expect(wrong.log[0]?.message).toHaveLength('Shop/GitHub answered 401: '.length + 200);
});

test('a signature of one’s own that answers anything but true is not right', async () => {
  const own = { verify: () => 'true' as const, deliveryId: () => 'own' };
  const { handler } = await startWebhook({ signature: own });
  expect(await handler(githubEvent(GREET_ADA))).toMatchObject({ statusCode: 401 });
});

const CONFIG = { name: 'Shop/GitHub', secret: { parameter: '/github' } };

test('fails to start without a route, with two for a task, and for a task that no queue carries', async () => {
  const { queue } = await startWebhook();
  const options = { webhook: CONFIG, queues: [queue] };
  expect(() => createWebhook(githubSignature(), [], options)).toThrow('createWebhook needs a route');
  expect(() => createWebhook(githubSignature(), [greetRoute, greetRoute], options)).toThrow(
    "Task 'greet' has two routes in createWebhook",
  );
  expect(() => createWebhook(githubSignature(), [forward(wave, () => 'ignore')], options)).toThrow(
    "No queue is known for task 'wave'",
  );
});

test.each([
  { value: undefined, message: 'is not set: make the function by TaskWebhook' },
  { value: '{', message: 'is not JSON' },
  { value: '{"name":"a"}', message: 'is not what a construct of this version writes' },
  { value: '{"name":"a","secret":{}}', message: 'is not what a construct of this version writes' },
])('fails to start with $value in its variable', async ({ value, message }) => {
  const { queue } = await startWebhook();
  vi.stubEnv(WEBHOOK_VARIABLE, value);
  try {
    expect(() => createWebhook(githubSignature(), [greetRoute], { queues: [queue] })).toThrow(
      `The environment variable ${WEBHOOK_VARIABLE} ${message}`,
    );
  } finally {
    vi.unstubAllEnvs();
  }
});
