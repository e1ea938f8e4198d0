import fc from 'fast-check';
import type { Envelope } from '../../contract/envelope.ts';
import { nested } from './nested.ts';

const anyCount = fc.nat();
const anyName = fc.stringMatching(/^[a-zA-Z0-9][a-zA-Z0-9._-]{0,9}$/);
const anyText = fc.string({ unit: 'binary' });

export const anyEnvelope: fc.Arbitrary<Envelope> = fc.record(
  {
    v: fc.constant(1 as const),
    runId: fc.oneof(fc.uuid(), fc.string({ minLength: 1, maxLength: 128 })),
    epoch: anyCount,
    task: anyName,
    payload: fc.jsonValue({ stringUnit: 'binary', depthSize: 'small' }),
    firstSentAt: anyCount,
    idempotencyKey: fc.string({ minLength: 1, unit: 'binary' }),
    depth: anyCount,
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

/** UTF-16 code units in any order, so that surrogates may be alone. */
const anyUnits = fc.array(fc.nat(0xffff), { maxLength: 50 }).map(units => String.fromCharCode(...units));

export const anyBody: fc.Arbitrary<string> = fc.oneof(
  anyText,
  anyUnits,
  fc.json({ depthSize: 'small' }),
  anyEnvelope.map(envelope => JSON.stringify(envelope)),
  almostAnEnvelope.map(fields => JSON.stringify(fields)),
  almostAnEnvelope.map(fields =>
    JSON.stringify({ v: 1, runId: 'r', epoch: 0, malformedBody: JSON.stringify(fields) }),
  ),
  fc.nat(3000).map(levels => JSON.stringify({ task: 'a', payload: nested(levels) })),
);
