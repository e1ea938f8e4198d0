import fc from 'fast-check';
import type { Envelope } from '../../contract/envelope.ts';
import { nested } from './nested.ts';

/** Such as is read back, some redrives later, too. */
const anyCount = fc.nat(999_900);
const anyName = fc.stringMatching(/^[a-zA-Z0-9][a-zA-Z0-9._-]{0,9}$/);
const anyText = fc.string({ unit: 'binary' });

export const anyEnvelope: fc.Arbitrary<Envelope> = fc.record(
  {
    v: fc.constant(1 as const),
    runId: fc.oneof(fc.uuid(), fc.stringMatching(/^[0-9a-zA-Z_-]{1,100}$/)),
    epoch: anyCount,
    task: anyName,
    payload: fc.jsonValue({ stringUnit: 'binary', depthSize: 'small' }),
    firstSentAt: fc.nat(),
    idempotencyKey: fc.string({ minLength: 1, unit: 'binary' }),
    anonymous: fc.constant(true),
    keyEpoch: anyCount,
    depth: anyCount,
    moves: anyCount,
    traceparent: fc.constant('00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'),
  },
  { requiredKeys: ['v', 'runId', 'epoch', 'task', 'payload', 'depth'] },
);

/** JSON objects with the fields of an envelope, each of them possibly anything. */
const almostAnEnvelope = fc.record(
  Object.fromEntries(
    [
      ...['v', 'runId', 'epoch', 'task', 'payload', 'firstSentAt', 'idempotencyKey', 'id', 'depth'],
      ...['malformedBody', 'deadLetter', '__proto__', 'toJSON'],
    ].map(field => [
      field,
      fc.oneof(fc.constantFrom<unknown>(0, 1, 2, '', 'a', '{"task":"a"}', null), fc.jsonValue()),
    ]),
  ),
  { requiredKeys: [] },
);

const LONG = 'x'.repeat(3000);

/** Of each field of an envelope what its reader may take for right, and what only looks so. */
const TWISTED: Readonly<Record<keyof Envelope, fc.Arbitrary<unknown>>> = {
  v: fc.constant(1),
  runId: fc.oneof(anyText, fc.constantFrom('r'.repeat(128), 'schedule x', '../r', '\ud800')),
  epoch: fc.constantFrom(1, 2 ** 31, Number.MAX_SAFE_INTEGER),
  task: fc.constantFrom('a', 'a\0', LONG),
  payload: fc.jsonValue(),
  payloadRef: fc.record({
    epoch: fc.nat(),
    sha256: fc.constantFrom('0'.repeat(64), '../../other'),
    bytes: fc.constantFrom(0, 1, 2 ** 40),
  }),
  firstSentAt: fc.constantFrom(0, 1, Number.MAX_SAFE_INTEGER),
  idempotencyKey: fc.oneof(anyText, fc.constantFrom(LONG, '\ud800')),
  anonymous: fc.constantFrom(true, false, 'yes'),
  keyEpoch: fc.nat(),
  depth: fc.constantFrom(17, Number.MAX_SAFE_INTEGER),
  moves: fc.nat(),
  schedule: fc.record(
    {
      name: fc.oneof(anyText, fc.constant(LONG)),
      arn: fc.oneof(anyText, fc.constantFrom('', LONG)),
      at: fc.constantFrom('2001-01-01T00:00:00Z', '9999-12-31T23:59:59Z', '+275760-09-13T00:00:00Z'),
      overlap: fc.constant('skip'),
      maxLatenessSeconds: fc.constantFrom(-1, 0, 1e308),
    },
    { requiredKeys: ['name', 'arn', 'at'] },
  ),
  traceparent: fc.oneof(anyText, fc.constant(`00-${'0'.repeat(32)}-${'0'.repeat(16)}-01`)),
  malformedBody: anyText,
};

/** An envelope that is right but for one field, or two. */
const twistedEnvelope = fc
  .tuple(
    fc.uuid(),
    fc
      .subarray(Object.entries(TWISTED), { minLength: 1, maxLength: 2 })
      .chain(fields => fc.record(Object.fromEntries(fields))),
  )
  .map(([runId, twisted]) => ({ v: 1, runId, epoch: 0, task: 'a', payload: {}, depth: 0, ...twisted }));

/** UTF-16 code units in any order, so that surrogates may be alone. */
const anyUnits = fc.array(fc.nat(0xffff), { maxLength: 50 }).map(units => String.fromCharCode(...units));

export const anyBody: fc.Arbitrary<string> = fc.oneof(
  anyText,
  anyUnits,
  fc.json({ depthSize: 'small' }),
  anyEnvelope.map(envelope => JSON.stringify(envelope)),
  twistedEnvelope.map(envelope => JSON.stringify(envelope)),
  almostAnEnvelope.map(fields => JSON.stringify(fields)),
  almostAnEnvelope.map(fields =>
    JSON.stringify({ v: 1, runId: 'r', epoch: 0, malformedBody: JSON.stringify(fields) }),
  ),
  fc.nat(3000).map(levels => JSON.stringify({ task: 'a', payload: nested(levels) })),
);
