import type { SQSRecord } from 'aws-lambda';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { anyBody } from '../contract/arbitraries.ts';
import { nested } from '../contract/nested.ts';
import { type Fuzzed, goodBody, startFuzzed } from './fuzz-consumer.ts';

/** Of a batch: nine of anything, and one that must come through. */
const BATCH = 9;
const BATCHES = { standard: 1112, fifo: 200 };

const MIB = 1024 * 1024;

/** What SQS or JSON treats in a way of its own: the last two of the plane, surrogates, control characters. */
const ODD_UNITS = [0xffff, 0xfffe, 0xd800, 0xdfff, 0, 1, 0x1f, 0x7f, 0x2028];

const anyUnits = fc
  .array(fc.oneof(fc.nat(0xffff), fc.constantFrom(...ODD_UNITS)), { maxLength: 30 })
  .map(units => String.fromCharCode(...units));

const anyAttribute = fc.record({
  dataType: fc.constantFrom('String', 'Number', 'Binary', 'String.x', ''),
  stringValue: anyUnits,
});

const anyAttributes = fc.dictionary(anyUnits, anyAttribute, { maxKeys: 3 }) as fc.Arbitrary<
  SQSRecord['messageAttributes']
>;

const anyMessage = fc.tuple(
  fc.oneof({ weight: 9, arbitrary: anyBody }, { weight: 1, arbitrary: anyUnits }),
  anyAttributes,
  fc.option(anyUnits, { nil: undefined }),
);

async function start(kind: keyof typeof BATCHES = 'standard'): Promise<Fuzzed> {
  const fuzzed = await startFuzzed({ fifo: kind === 'fifo' });
  onTestFinished(() => fuzzed.cloud.close());
  return fuzzed;
}

test.each([
  'standard',
  'fifo',
] as const)('thousands of messages of anything on a %s queue: none throws, none fails its neighbour, each ends with a reason', async kind => {
  const fuzzed = await start(kind);
  let number = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(anyMessage, { minLength: BATCH, maxLength: BATCH }), async messages => {
      // GIVEN
      const batch = ++number;
      const good = `good-${batch}`;
      const records = messages.map(([body, attributes, traceHeader], index) =>
        fuzzed.recordOf(`message-${batch}-${index}`, body, { attributes, traceHeader }),
      );
      records.splice(batch % BATCH, 0, fuzzed.recordOf(good, goodBody(good)));

      // WHEN
      const { returned, letters, lines } = await fuzzed.deliver(records);

      // THEN
      expect(fuzzed.handled).toContain(good);
      expect(returned).not.toContain(good);
      // Two messages of one run wait for one another; alone, each comes to its end.
      for (const record of records.filter(({ messageId }) => returned.includes(messageId))) {
        const again = await fuzzed.deliver([record]);
        expect(again.returned, `${JSON.stringify(again.lines)} of ${record.body}`).toEqual([]);
      }
      expect(lines.filter(({ message }) => message.includes('could not be processed'))).toEqual([]);
      for (const { deadLetter } of letters) {
        expect(deadLetter.error.message).toMatch(/\w+ \w+/);
        expect(deadLetter.cause).toMatch(
          /^(malformed|unknownTask|invalidPayload|payloadLost|attemptsUsedUp)$/,
        );
      }
    }),
    { numRuns: BATCHES[kind], endOnFailure: true },
  );

  // What was given up, or came too late for its schedule, has its reason in its item; the rest has been handled.
  const items = await fuzzed.cloud.items();
  for (const item of items) {
    if (item.status === 'succeeded') continue;
    expect(item.status).toMatch(/^(deadLettered|canceled)$/);
    expect(item.error).toBeDefined();
  }
  const givenUp = items.filter(({ status }) => status === 'deadLettered');
  expect(givenUp.length).toBeGreaterThan(BATCHES[kind] * 4);
}, 240_000);

test.each([
  ['text of a mebibyte', 'x'.repeat(MIB)],
  ['control characters of a mebibyte', '\u0001'.repeat(MIB)],
  ['a payload of a mebibyte', JSON.stringify({ task: 'none', payload: '\uffff'.repeat(MIB / 3) })],
  ['lone surrogates of a mebibyte', '\ud800'.repeat(MIB / 3)],
  ['a hundred thousand levels', `{"task":"a","payload":${'['.repeat(100_000)}${']'.repeat(100_000)}}`],
  ['deep nesting', JSON.stringify({ task: 'a', payload: nested(1000) })],
])('%s fails no neighbour, and is not lost', async (_what, body) => {
  const fuzzed = await start();
  const records = [fuzzed.recordOf('big', body), fuzzed.recordOf('good', goodBody('good'))];
  const { returned, letters } = await fuzzed.deliver(records);
  expect(fuzzed.handled).toEqual(['good']);
  // Either our letter carries it, or it stays with SQS, whose own redrive policy moves it whole; the item says why.
  const [item] = (await fuzzed.cloud.items()).filter(({ runId }) => runId === 'big');
  expect(item).toMatchObject({ status: 'deadLettered' });
  expect(returned.includes('big') ? [] : letters.map(({ runId }) => runId)).toEqual(
    returned.includes('big') ? [] : ['big'],
  );
});

const anyValue = fc.oneof(
  fc.record({
    S: fc.oneof(
      fc.string({ minLength: 1 }),
      fc.json({ depthSize: 'small' }),
      fc.constantFrom('running', 'queued', 'deadLettered'),
    ),
  }),
  fc.record({ N: fc.oneof(fc.integer(), fc.constantFrom(1e15, -1, 0)).map(String) }),
  fc.constant({ BOOL: true }),
  fc.constant({ NULL: true }),
  fc.constant({ L: [{ S: 'x' }] }),
  fc.constant({ M: { x: { N: '1' } } }),
);

const FIELDS = [
  'task',
  'status',
  'epoch',
  'attempt',
  'createdAt',
  'notBefore',
  'leaseId',
  'leaseUntil',
  'startedAt',
  'finishedAt',
  'result',
  'progress',
  'error',
  'cause',
  'envelope',
  'history',
  'expiresAt',
  'cancelRequestedAt',
  'step:charge',
];

const anyItem = fc.record(Object.fromEntries(FIELDS.map(field => [field, anyValue])), { requiredKeys: [] });

/** The attributes of the indexes' keys must be of their types, or DynamoDB itself refuses the item. */
function storable(item: Record<string, { N?: string }>): object {
  const { createdAt, finishedAt, ...rest } = item;
  return {
    ...rest,
    ...(createdAt?.N !== undefined && { createdAt }),
    ...(finishedAt?.N !== undefined && { finishedAt }),
  };
}

test('whatever lies in the run table already: nothing throws, and no neighbour fails', async () => {
  const fuzzed = await start();
  let number = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(anyItem, { minLength: BATCH, maxLength: BATCH }), async items => {
      // GIVEN
      const batch = ++number;
      const ids = items.map((_, index) => `run-${batch}-${index}`);
      for (const [index, item] of items.entries()) {
        await fuzzed.putRaw({
          ...storable(item as Record<string, { N?: string }>),
          runId: { S: ids[index] },
        });
      }
      const good = `good-${batch}`;

      // WHEN
      const records = [good, ...ids].map(id => fuzzed.recordOf(id, goodBody(id)));
      const { returned, lines } = await fuzzed.deliver(records);

      // THEN
      expect(fuzzed.handled).toContain(good);
      expect(returned).not.toContain(good);
      for (const { error } of lines.filter(({ message }) => message.includes('could not be'))) {
        expect(error?.message).toMatch(/attribute|run item|JSON|type/i);
      }
    }),
    { numRuns: 200, endOnFailure: true },
  );
}, 120_000);
