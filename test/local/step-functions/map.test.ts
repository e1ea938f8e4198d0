import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { named, startStepFunctions } from './start-step-functions.ts';

// https://docs.aws.amazon.com/step-functions/latest/dg/state-map-inline.html

const map = (state: object, item: object) => ({
  StartAt: 'M',
  States: {
    M: {
      Type: 'Map',
      ItemProcessor: {
        ProcessorConfig: { Mode: 'INLINE' },
        StartAt: 'X',
        States: { X: { End: true, ...item } },
      },
      End: true,
      ...state,
    },
  },
});

const call = {
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  Arguments: { FunctionName: 'fn', Payload: '{% $states.input %}' },
  Output: '{% $states.result.Payload %}',
};

test('runs its states once an item of the input', async () => {
  const { run } = await startStepFunctions();
  const { output } = await run(map({}, { Type: 'Pass', Output: '{% $states.input * 10 %}' }), [1, 2, 3]);
  expect(output).toEqual([10, 20, 30]);
});

test('Items chooses them, and ItemSelector shapes what each iteration begins with', async () => {
  const { run } = await startStepFunctions();
  const state = {
    Items: '{% $states.input.names %}',
    ItemSelector: {
      name: '{% $states.context.Map.Item.Value %}',
      index: '{% $states.context.Map.Item.Index %}',
      all: '{% $count($states.input.names) %}',
    },
  };
  const { output } = await run(map(state, { Type: 'Pass' }), { names: ['a', 'b'] });
  expect(output).toEqual([
    { name: 'a', index: 0, all: 2 },
    { name: 'b', index: 1, all: 2 },
  ]);
});

test('an empty list gives an empty result', async () => {
  const { run } = await startStepFunctions();
  expect((await run(map({}, { Type: 'Pass' }), [])).output).toEqual([]);
});

test('fails on what is no list', async () => {
  const { run } = await startStepFunctions();
  expect((await run(map({}, { Type: 'Pass' }), { a: 1 })).error).toBe('States.QueryEvaluationError');
});

// https://states-language.net/spec.html#map-state: MaxConcurrency bounds how many iterations run in parallel, 0 does not.
test.each([
  [1, 6, 1],
  [3, 6, 3],
  [4, 2, 2],
  [0, 39, 39],
  [0, 60, 40],
  [41, 60, 40],
])('MaxConcurrency %i of %i items runs %i at once, and the next as each ends', async (most, items, atOnce) => {
  const ends: (() => void)[] = [];
  const fn = () => new Promise<void>(resolve => ends.push(resolve));
  const { start, settle, describe } = await startStepFunctions({ fn });
  const arn = await start(map({ MaxConcurrency: most }, call), new Array(items).fill(0));
  for (let ended = 0; ended < items; ended++) {
    const expected = Math.min(items, ended + atOnce);
    for (let turn = 0; turn < 20 && ends.length < expected; turn++) await settle();
    await settle();
    expect(ends).toHaveLength(expected);
    ends[ended]?.();
  }
  await settle();
  expect((await describe(arn)).status).toBe('SUCCEEDED');
});

test('order and concurrency hold for any number of items', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 0, max: 60 }),
      fc.integer({ min: 0, max: 50 }),
      async (items, most) => {
        let running = 0;
        let peak = 0;
        const { run } = await startStepFunctions({
          async fn(n: number) {
            peak = Math.max(peak, ++running);
            for (let turn = 0; turn < (n * 7) % 5; turn++) await setImmediate();
            running--;
            return n;
          },
        });
        const input = Array.from({ length: items }, (_, index) => index);
        const { output } = await run(map({ MaxConcurrency: most }, call), input);
        expect(output).toEqual(input);
        expect(peak).toBeLessThanOrEqual(most === 0 ? 40 : Math.min(most, 40));
      },
    ),
    { numRuns: 15 },
  );
});

test('one iteration that fails fails the state; the others are aborted', async () => {
  const { run, history } = await startStepFunctions({
    fn(n: number) {
      if (n === 2) throw named('Broken');
      return new Promise(() => {});
    },
  });
  const { arn, error } = await run(map({}, call), [1, 2, 3]);
  expect(error).toBe('Broken');
  const types = (await history(arn)).map(({ type }) => type);
  expect(types.filter(type => type === 'MapIterationAborted')).toHaveLength(2);
  expect(types).toContain('MapIterationFailed');
  expect(types).toContain('MapStateFailed');
});

test('failures are tolerated by catching them inside of the iteration', async () => {
  const { run } = await startStepFunctions({
    fn(n: number) {
      if (n === 2) throw named('Broken');
      return n;
    },
  });
  const { Output: _output, ...rest } = call;
  const item = {
    ...rest,
    Output: '{% $states.result.Payload %}',
    Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Y', Output: 'failed' }],
  };
  const definition = map({}, item);
  Object.assign(definition.States.M.ItemProcessor.States, { Y: { Type: 'Pass', End: true } });
  expect((await run(definition, [1, 2, 3])).output).toEqual([1, 'failed', 3]);
});
