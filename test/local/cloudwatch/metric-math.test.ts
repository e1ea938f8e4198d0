import { expect, test } from 'vitest';
import { parseExpression } from '../../../local/cloudwatch/metric-math.ts';

const VALUES: Readonly<Record<string, number>> = { errors: 3, calls: 12, zero: 0 };
const evaluate = (text: string) => parseExpression(text)?.evaluate(id => VALUES[id]);

// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
test.each([
  ['errors / calls * 100', 25],
  ['100 * (errors + 1) / calls', 100 / 3],
  ['calls - errors - 1', 8],
  ['-errors + 0.5', -2.5],
  ['errors', 3],
  ['errors / zero', undefined],
  ['errors + absent', undefined],
])('computes %s', (text, expected) => {
  expect(evaluate(text)).toBe(expected);
});

test('tells the ids that it refers to', () => {
  expect(parseExpression('a / (b + a)')?.ids).toEqual(['a', 'b', 'a']);
});

test.each([
  'SUM(METRICS())',
  'IF(a > 1, a)',
  'a +',
  '(a',
  'a b',
  '',
  'FILL(a, 0)',
])('does not take %j for arithmetic', text => {
  expect(parseExpression(text)).toBeUndefined();
});
