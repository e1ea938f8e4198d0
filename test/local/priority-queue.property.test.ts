import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PriorityQueue } from '../../local/priority-queue.ts';

test('a priority queue gives what a stable sort would, whatever is set again or deleted before', () => {
  const operation = fc.record({ item: fc.nat({ max: 30 }), key: fc.option(fc.nat({ max: 5 })) });
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 100, size: 'max' }), operations => {
      const queue = new PriorityQueue<number>();
      const model = new Map<number, number>();
      for (const { item, key } of operations) {
        expect(queue.has(item)).toBe(model.has(item));
        model.delete(item);
        if (key === null) queue.delete(item);
        else {
          queue.set(item, key);
          model.set(item, key);
        }
      }
      const sorted = [...model].sort(([, a], [, b]) => a - b);
      expect(queue.firstKey()).toBe(sorted[0]?.[1] ?? Number.POSITIVE_INFINITY);
      const shifted = Array.from({ length: queue.size }, () => queue.shift());
      expect(shifted).toEqual(sorted.map(([item]) => item));
    }),
  );
});
