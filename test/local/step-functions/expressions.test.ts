import { describe, expect, test } from 'vitest';
import { evaluate } from '../../../local/step-functions/expressions/evaluate.ts';
import { startStepFunctions } from './start-step-functions.ts';

// https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html

const NOW = Date.UTC(2030, 5, 1);

async function value(expression: string): Promise<unknown> {
  return await evaluate(`{% ${expression} %}`, 'Output', { states: {}, variables: {}, nowMs: NOW });
}

describe('the functions of Step Functions', () => {
  test.each([
    ['$partition([1,2,3,4,5], 2)', [[1, 2], [3, 4], [5]]],
    ['$range(0, 20, 10)', [0, 10, 20]],
    ['$range(5, 1, -2)', [5, 3, 1]],
    ["$hash('content', 'SHA-256')", 'ed7002b439e9ac845f22357d822bac1444730fbdb6016d3ec9432297b9ec9f73'],
    ["$hash('content', 'MD5')", '9a0364b9e99bb480dd25e1f0284c8555'],
    ['$parse(\'{"a":[1]}\')', { a: [1] }],
    ['$random(7) = $random(7)', true],
    ['$now()', '2030-06-01T00:00:00.000Z'],
    ['$millis()', NOW],
  ])('%s', async (expression, expected) => {
    expect(await value(expression)).toEqual(expected);
  });

  test('$uuid is another each time', async () => {
    expect(await value('$uuid() = $uuid()')).toBe(false);
    expect(await value('$uuid()')).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4/);
  });

  test.each([
    ["$eval('1')", '$eval is not supported by Step Functions'],
    ['$range(1, 5000, 1)', 'at most 1000 numbers, got 5000'],
    ["$hash('x', 'CRC')", 'must be one of MD5, SHA-1, SHA-256, SHA-384, SHA-512, got CRC'],
    ['$states.nothing.here', 'returned nothing (undefined)'],
    ['1 + "a"', 'threw an error'],
  ])('fails on %s', async (expression, message) => {
    await expect(value(expression)).rejects.toMatchObject({
      error: 'States.QueryEvaluationError',
      details: expect.stringContaining(message),
    });
  });
});

test('an expression that fails ends the execution, and the history says where', async () => {
  const { run, history } = await startStepFunctions();
  const { arn, status, error } = await run({
    StartAt: 'A',
    States: { A: { Type: 'Pass', Output: { deep: '{% $states.input.none %}' }, End: true } },
  });
  expect([status, error]).toEqual(['FAILED', 'States.QueryEvaluationError']);
  const failed = (await history(arn)).find(({ type }) => type === 'EvaluationFailed');
  expect(failed?.evaluationFailedEventDetails).toMatchObject({ state: 'A', location: 'Output' });
});

test('a list of one stays a list where the expression makes one', async () => {
  expect(await value('[{"a": 1}]')).toEqual([{ a: 1 }]);
});
