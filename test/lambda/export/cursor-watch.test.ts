import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { type CursorWatch, watchCursor } from '../../../lambda/export/cursor-watch.ts';

/** @returns how many cursors passed */
function watchAll(cursors: Iterable<unknown>): number {
  let watch: CursorWatch | undefined;
  let passed = 0;
  for (const cursor of cursors) {
    watch = watchCursor(watch, JSON.stringify(cursor));
    passed += 1;
  }
  return passed;
}

test('cursors that go on and on pass', () => {
  expect(watchAll(Array.from({ length: 10_000 }, (_, index) => ({ id: index })))).toBe(10_000);
});

test('fails on a cursor that is the same at once', () => {
  expect(() => watchAll(['a', 'a'])).toThrow('The cursor "a" has come again after 1 pages');
});

test('a round of any length is found, within a few rounds', () => {
  void fc.assert(
    fc.property(fc.nat(50), fc.integer({ min: 1, max: 50 }), (before, round) => {
      function* cursors() {
        for (let index = 0; index < 4 * (before + round) + 4; index++) {
          yield index < before ? index : before + ((index - before) % round);
        }
      }
      expect(() => watchAll(cursors())).toThrow('readPage would never end');
    }),
  );
});
