import fc from 'fast-check';
import { expect, it } from 'vitest';
import { batchChunks } from '../../client/batch-chunks.ts';
import { MAX_ENVELOPE_BYTES, SQS } from '../../contract/limits.ts';

const sizes = fc.array(
  fc.record({
    bytes: fc.oneof(
      fc.integer({ min: 1, max: 300_000 }),
      fc.integer({ min: 1, max: MAX_ENVELOPE_BYTES }),
      fc.constant(MAX_ENVELOPE_BYTES),
    ),
  }),
  { maxLength: 60 },
);

const total = (chunk: readonly { bytes: number }[]) => chunk.reduce((sum, { bytes }) => sum + bytes, 0);

it('keeps every send, in order, in chunks that SQS takes', () => {
  fc.assert(
    fc.property(sizes, sends => {
      const chunks = [...batchChunks(sends)];

      expect(chunks.flat()).toEqual(sends);
      for (const chunk of chunks) {
        expect(chunk.length).toBeGreaterThan(0);
        expect(chunk.length).toBeLessThanOrEqual(SQS.maxBatchEntries);
        expect(total(chunk)).toBeLessThanOrEqual(SQS.maxMessageBytes);
      }
    }),
  );
});

it('closes no chunk that the next send would have fitted into', () => {
  fc.assert(
    fc.property(sizes, sends => {
      const chunks = [...batchChunks(sends)];

      for (const [index, chunk] of chunks.slice(0, -1).entries()) {
        const next = chunks[index + 1]?.[0];
        const full = chunk.length === SQS.maxBatchEntries;
        expect(full || total(chunk) + (next?.bytes ?? 0) > MAX_ENVELOPE_BYTES).toBe(true);
      }
    }),
  );
});

it('takes sends only as its chunks are taken', () => {
  let taken = 0;
  function* endless() {
    for (;;) {
      taken++;
      yield { bytes: 1 };
    }
  }

  batchChunks(endless()).next();

  expect(taken).toBe(SQS.maxBatchEntries + 1);
});
