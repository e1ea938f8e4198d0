import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import {
  githubSignature,
  hmacSignature,
  standardWebhooksSignature,
  stripeSignature,
  type WebhookRequest,
  type WebhookSignature,
} from '../../../lambda/index.ts';

/** A signature that its provider, or the provider's own library, has made. */
interface Documented {
  readonly provider: string;
  readonly signature: WebhookSignature;
  readonly secret: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The header that has the signature. */
  readonly header: string;
  readonly body: string;
  readonly signedAt?: number;
  readonly id: string;
}

const slack = hmacSignature({
  header: 'X-Slack-Signature',
  prefix: 'v0=',
  timestamp: { header: 'X-Slack-Request-Timestamp' },
  signed: 'v0:{timestamp}:{body}',
  deliveryId: { field: 'event_id' },
});

const shopify = hmacSignature({
  header: 'x-shopify-hmac-sha256',
  encoding: 'base64',
  deliveryId: { header: 'x-shopify-webhook-id' },
});

const DOCUMENTED: readonly Documented[] = [
  {
    // https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries#testing-the-webhook-payload-validation
    provider: 'GitHub',
    signature: githubSignature(),
    secret: "It's a Secret to Everybody",
    header: 'x-hub-signature-256',
    headers: {
      'x-github-delivery': '72d3162e-cc78-11e3-81ab-4c9367dc0958',
      'x-hub-signature-256': 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17',
    },
    body: 'Hello, World!',
    id: '72d3162e-cc78-11e3-81ab-4c9367dc0958',
  },
  {
    // Made by generateTestHeaderString of Stripe's own library.
    provider: 'Stripe',
    signature: stripeSignature(),
    secret: 'whsec_test_secret',
    header: 'stripe-signature',
    headers: {
      'stripe-signature':
        't=1492774577,v1=c2f890decbc5ede7c5060bb9a6d31e0626a4342bacb9aeae2adb1bcea72f9812,v0=6ffbb59b2300aae63f272406069a9788598b792a944a07aba816edb039989a39',
    },
    body: '{\n  "id": "evt_test_webhook",\n  "object": "event"\n}',
    signedAt: 1_492_774_577,
    id: 'evt_test_webhook',
  },
  {
    // https://github.com/standard-webhooks/standard-webhooks: the test vector of its libraries
    provider: 'Standard Webhooks',
    signature: standardWebhooksSignature(),
    secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
    header: 'webhook-signature',
    headers: {
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    },
    body: '{"test": 2432232314}',
    signedAt: 1_614_265_330,
    id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
  },
  {
    // https://docs.slack.dev/authentication/verifying-requests-from-slack
    provider: 'Slack, by hmacSignature',
    signature: slack,
    secret: '8f742231b10e8888abcd99yyyzzz85a5',
    header: 'x-slack-signature',
    headers: {
      'x-slack-request-timestamp': '1531420618',
      'x-slack-signature': 'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503',
    },
    body:
      'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&' +
      'channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=' +
      'https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&' +
      'trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c',
    signedAt: 1_531_420_618,
    // A slash command has none; an event has its event_id.
    id: '',
  },
  {
    // https://shopify.dev/docs/apps/build/webhooks/subscribe/https: base64 of the HMAC of the body
    provider: 'Shopify, by hmacSignature',
    signature: shopify,
    secret: 'hush',
    header: 'x-shopify-hmac-sha256',
    headers: {
      'x-shopify-webhook-id': 'b54557e4-bdd9-4b37-8a5f-bf7d70bcd043',
      'x-shopify-hmac-sha256': createHmac('sha256', 'hush').update('{"id":1}').digest('base64'),
    },
    body: '{"id":1}',
    id: 'b54557e4-bdd9-4b37-8a5f-bf7d70bcd043',
  },
];

const TIMED = DOCUMENTED.filter(({ signedAt }) => signedAt !== undefined);

function requestOf(
  { headers, body, signedAt = 1_700_000_000 }: Documented,
  change: Partial<WebhookRequest> = {},
) {
  return { headers, rawBody: Buffer.from(body), receivedAt: new Date(signedAt * 1000), ...change };
}

const edited = (one: Documented, edit: (value: string) => string) => ({
  headers: { ...one.headers, [one.header]: edit(one.headers[one.header] ?? '') },
});

describe.each(DOCUMENTED)('the signature of $provider', one => {
  const { signature, secret, body } = one;

  test('is right as it is documented', () => {
    expect(signature.verify(requestOf(one), secret)).toBe(true);
  });

  test('is not right for a body of which a byte is different', () => {
    for (let at = 0; at < body.length; at++) {
      const rawBody = Buffer.from(body);
      rawBody[at] = (rawBody[at] ?? 0) ^ 1;
      expect(signature.verify(requestOf(one, { rawBody }), secret)).toBe('the signature does not match');
    }
  });

  test('is not right for a body that goes on or ends before', () => {
    for (const text of [`${body} `, body.slice(0, -1), '']) {
      const rawBody = Buffer.from(text);
      expect(signature.verify(requestOf(one, { rawBody }), secret)).toBe('the signature does not match');
    }
  });

  test('is not right for another secret', () => {
    const other = `whsec_${Buffer.from('another').toString('base64')}`;
    expect(signature.verify(requestOf(one), other)).toBe('the signature does not match');
  });

  test('is not right with a character less or more', () => {
    const shorter = edited(one, value => value.replaceAll(/(.)(?=,v0=|$)/g, ''));
    const longer = edited(one, value => value.replaceAll(/(?=,v0=|$)/g, 'aa'));
    for (const change of [shorter, longer]) {
      expect(signature.verify(requestOf(one, change), secret)).toMatch(/^no signature of 32 bytes in/);
    }
  });

  test('is not right where its header is missing, empty, or anything', () => {
    const { [one.header]: _, ...headers } = one.headers;
    expect(signature.verify(requestOf(one, { headers }), secret)).toBe(`no header ${one.header}`);
    for (const text of ['', ',', '=', 'sha256=', 'v1,', 't=', '\u{1f600}', 'null', 'v1='.repeat(1000)]) {
      expect(
        signature.verify(
          requestOf(
            one,
            edited(one, () => text),
          ),
          secret,
        ),
      ).toBeTypeOf('string');
    }
  });

  test('is not right when its header comes twice', () => {
    const twice = edited(one, value => `${value},${value}`);
    expect(signature.verify(requestOf(one, twice), secret)).toBeTypeOf('string');
  });

  test('says which delivery it is', () => {
    const json = body.startsWith('{') ? JSON.parse(body) : undefined;
    expect(signature.deliveryId(requestOf(one), json) ?? '').toBe(one.id);
  });
});

describe.each(TIMED)('the time that $provider signs', one => {
  const { signature, secret, signedAt = 0 } = one;
  const at = (seconds: number) =>
    signature.verify(requestOf(one, { receivedAt: new Date((signedAt + seconds) * 1000) }), secret);

  test('may be five minutes ago, or ahead', () => {
    expect([at(300), at(-300)]).toEqual([true, true]);
  });

  test('is too old after that, and too far ahead', () => {
    expect(at(301)).toBe('signed 301 s before it came, more than the 300 s tolerated');
    expect(at(-301)).toBe('signed 301 s after it came, more than the 300 s tolerated');
  });

  test('cannot be changed by who sends a delivery again', () => {
    const later = String(signedAt + 1000);
    const headers = Object.fromEntries(
      Object.entries(one.headers).map(([name, value]) => [name, value.replace(String(signedAt), later)]),
    );
    const receivedAt = new Date((signedAt + 1000) * 1000);
    expect(signature.verify(requestOf(one, { headers, receivedAt }), secret)).toBe(
      'the signature does not match',
    );
  });

  test.each(['', 'now', '1e9', '-5', '15e', '99999999999999'])('is none when it is %j', text => {
    const headers = Object.fromEntries(
      Object.entries(one.headers).map(([name, value]) => [name, value.replace(String(signedAt), text)]),
    );
    expect(signature.verify(requestOf(one, { headers }), secret)).toBe(
      'the timestamp is not in seconds since 1970',
    );
  });
});

test('Stripe signs with both secrets while one is rolled', () => {
  const [stripe] = TIMED;
  if (!stripe) throw new Error('no Stripe');
  const rolled = edited(stripe, value => value.replace(',v1=', `,v1=${'0'.repeat(64)},v1=`));
  expect(stripe.signature.verify(requestOf(stripe, rolled), stripe.secret)).toBe(true);
});

test('Stripe’s header with two times is refused: only one of them can be signed', () => {
  const [stripe] = TIMED;
  if (!stripe) throw new Error('no Stripe');
  const twice = edited(stripe, value => `t=1492774577,${value}`);
  expect(stripe.signature.verify(requestOf(stripe, twice), stripe.secret)).toBe('more than one timestamp');
});

test('Stripe’s older schemes are no signature: v0 is for test events', () => {
  const [stripe] = TIMED;
  if (!stripe) throw new Error('no Stripe');
  const downgraded = edited(stripe, value => value.replace('v1=', 'v0='));
  expect(stripe.signature.verify(requestOf(stripe, downgraded), stripe.secret)).toMatch(/^no signature/);
});

test('Standard Webhooks sign with both secrets while one is rolled, and sign the id', () => {
  const standard = DOCUMENTED.find(({ provider }) => provider === 'Standard Webhooks');
  if (!standard) throw new Error('no Standard Webhooks');
  const other = Buffer.alloc(32).toString('base64');
  const rolled = edited(standard, value => `v1a,${other} v1,${other} ${value}`);
  const { headers } = requestOf(standard);
  const renamed = { headers: { ...headers, 'webhook-id': 'msg_2' } };

  expect(standard.signature.verify(requestOf(standard, rolled), standard.secret)).toBe(true);
  expect(standard.signature.verify(requestOf(standard, renamed), standard.secret)).toBe(
    'the signature does not match',
  );
});

test('fails for a secret of Standard Webhooks that is no base64: it would be another key', () => {
  const standard = DOCUMENTED.find(({ provider }) => provider === 'Standard Webhooks');
  if (!standard) throw new Error('no Standard Webhooks');
  for (const secret of ['whsec_', 'whsec_it is no base64']) {
    expect(() => standard.signature.verify(requestOf(standard), secret)).toThrow(
      'The secret of a Standard Webhooks signature must be whsec_ and base64',
    );
  }
});

test('a signature may be written in capitals', () => {
  const [github] = DOCUMENTED;
  if (!github) throw new Error('no GitHub');
  const capitals = edited(github, value => `sha256=${value.slice(7).toUpperCase()}`);
  expect(github.signature.verify(requestOf(github, capitals), github.secret)).toBe(true);
});

test.each(['sha384', 'sha512'] as const)('hmacSignature has %s', algorithm => {
  const rawBody = Buffer.from('{}');
  const header = createHmac(algorithm, 'key').update(rawBody).digest('hex');
  const signature = hmacSignature({ header: 'x-signature', algorithm, deliveryId: { header: 'x-id' } });
  const request = { headers: { 'x-signature': header }, rawBody, receivedAt: new Date(0) };
  expect(signature.verify(request, 'key')).toBe(true);
});

test('a body is compared by its bytes, whatever they are', () => {
  const rawBody = Buffer.from([0xff, 0xfe, 0x00, 0x80]);
  const header = createHmac('sha256', 'key').update(rawBody).digest('hex');
  const signature = hmacSignature({ header: 'x-signature', deliveryId: { header: 'x-id' } });
  const request = { headers: { 'x-signature': header }, rawBody, receivedAt: new Date(0) };
  expect(signature.verify(request, 'key')).toBe(true);
});

test.each([
  { signed: 'v0', timestamp: undefined, message: "signed must have {body} in it, got 'v0'" },
  { signed: '{timestamp}.{body}', timestamp: undefined, message: 'without one; leave it out' },
  { signed: '{body}', timestamp: { header: 'x-time' }, message: "such as '{timestamp}.{body}'" },
  { signed: undefined, timestamp: { header: 'x-time' }, message: "got '{body}' with one" },
])('fails to sign $signed with a time in $timestamp', ({ signed, timestamp, message }) => {
  const options = { header: 'x-signature', deliveryId: { header: 'x-id' } };
  expect(() =>
    hmacSignature({ ...options, ...(signed && { signed }), ...(timestamp && { timestamp }) }),
  ).toThrow(message);
});

test.each(['0s', 'soon'])('fails for a tolerance of %s', tolerance => {
  const options = { tolerance: tolerance as '1s' };
  expect(() => stripeSignature(options)).toThrow('tolerance must be');
  expect(() => standardWebhooksSignature(options)).toThrow('tolerance must be');
});
