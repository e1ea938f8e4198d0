import { expect, test } from 'vitest';
import { traceInvocation } from '../../../local/lambda/lineage.ts';

const A = 'arn:aws:lambda:eu-west-1:123456789012:function:a';
const B = 'arn:aws:lambda:eu-west-1:123456789012:function:b';

function chain(...functionArns: string[]) {
  let headers: string[] = [];
  return functionArns.map(arn => {
    const trace = traceInvocation(arn, headers, 0);
    headers = [trace.header];
    return trace;
  });
}

// https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html
test('counts the earlier invocations of each function of a chain', () => {
  expect(chain(A, A, B, A, B).map(({ earlierInvocations }) => earlierInvocations)).toEqual([0, 1, 0, 2, 1]);
});

test('keeps the root of a chain, and begins another without one', () => {
  const roots = chain(A, B, A).map(({ header }) => /Root=([^;]+)/.exec(header)?.[1]);
  expect(new Set(roots).size).toBe(1);
  const [first] = chain(A);
  expect(first?.header).toMatch(
    /^Root=1-[0-9a-f]+-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=0;Lineage=1:[0-9a-f]{8}:0$/,
  );
  expect(chain(A)[0]?.header).not.toContain(roots[0]);
});

test('takes the longest count of a batch', () => {
  const [, , third] = chain(A, A, A);
  const [only] = chain(A);
  const headers = [only?.header ?? '', third?.header ?? '', 'Root=1-5e1b4151-5ac6c58f3b5d2c9f6f1f5b2a', ''];
  expect(traceInvocation(A, headers, 0).earlierInvocations).toBe(3);
});

test.each([
  '',
  'nonsense',
  'Root=1-a-b',
  'Lineage=',
  'Lineage=x:y',
  'Lineage=1:zz:1',
])('begins a chain at a header without a lineage: %j', header => {
  expect(traceInvocation(A, [header], 0).earlierInvocations).toBe(0);
});
