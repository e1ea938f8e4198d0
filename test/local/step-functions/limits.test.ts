import { expect, test } from 'vitest';
import { startStepFunctions } from './start-step-functions.ts';

// https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html

const big = `{% $join($map([1..262145], function($n) { 'x' })) %}`;

test('a state may pass on 256 KiB, and no byte more', async () => {
  const { run } = await startStepFunctions();
  const passes = (bytes: number) =>
    run({
      StartAt: 'A',
      States: { A: { Type: 'Pass', Output: `{% $pad('', ${bytes - 2}, 'x') %}`, End: true } },
    });
  expect((await passes(262_144)).status).toBe('SUCCEEDED');
  expect(await passes(262_145)).toMatchObject({ status: 'FAILED', error: 'States.DataLimitExceeded' });
});

test('States.ALL does not catch what is too large; its own name does', async () => {
  const { run } = await startStepFunctions({ fn: () => 'x'.repeat(262_145) });
  const call = (name: string) => ({
    StartAt: 'A',
    States: {
      A: {
        Type: 'Task',
        Resource: 'arn:aws:states:::lambda:invoke',
        Arguments: { FunctionName: 'fn' },
        Catch: [{ ErrorEquals: [name], Next: 'B', Output: 'caught' }],
        End: true,
      },
      B: { Type: 'Succeed' },
    },
  });
  expect((await run(call('States.ALL'))).error).toBe('States.DataLimitExceeded');
  expect((await run(call('States.DataLimitExceeded'))).output).toBe('caught');
});

test.each([
  ['Parallel', (item: object) => ({ Branches: [item, item] })],
  ['Map', (item: object) => ({ Items: [1, 2], ItemProcessor: item })],
] as const)('the results of a %s come to 256 KiB together, and to no byte more, whatever it passes on', async (Type, of) => {
  const { run } = await startStepFunctions();
  const gives = (bytes: number) => {
    // Two texts in quotes, the brackets and the comma.
    const Output = `{% $pad('', ${(bytes - 7) / 2}, 'x') %}`;
    const item = { StartAt: 'I', States: { I: { Type: 'Pass', Output, End: true } } };
    return run({ StartAt: 'A', States: { A: { Type, ...of(item), Output: 'little', End: true } } });
  };
  expect((await gives(262_143)).output).toBe('little');
  expect(await gives(262_145)).toMatchObject({ status: 'FAILED', error: 'States.DataLimitExceeded' });
});

test('arguments over the limit fail before the call', async () => {
  const { run } = await startStepFunctions({ fn: () => 'x' });
  const state = {
    Type: 'Task',
    Resource: 'arn:aws:states:::lambda:invoke',
    Arguments: { FunctionName: 'fn', Payload: big },
    End: true,
  };
  expect((await run({ StartAt: 'A', States: { A: state } })).error).toBe('States.DataLimitExceeded');
});

test('an execution ends at 25,000 events', async () => {
  const { run, service } = await startStepFunctions();
  const { error, cause } = await run({
    StartAt: 'A',
    States: { A: { Type: 'Pass', Output: {}, Next: 'B' }, B: { Type: 'Pass', Next: 'A' } },
  });
  expect([error, cause]).toEqual([
    'States.Runtime',
    'The execution reached the maximum number of history events (25000).',
  ]);
  expect(service.executions()[0]?.history.events).toHaveLength(25_000);
});

test("a machine's TimeoutSeconds ends the execution as TIMED_OUT, and runs no Catch", async () => {
  const { run, clock, history, statuses } = await startStepFunctions();
  const branch = { StartAt: 'W', States: { W: { Type: 'Wait', Seconds: 3600, End: true } } };
  const { arn, status, error } = await run({
    TimeoutSeconds: 60,
    StartAt: 'P',
    States: {
      P: {
        Type: 'Parallel',
        Branches: [branch],
        Catch: [{ ErrorEquals: ['States.ALL'], Next: 'C' }],
        End: true,
      },
      C: { Type: 'Pass', End: true },
    },
  });
  expect([status, error]).toEqual(['TIMED_OUT', undefined]);
  expect(clock.now()).toBe(Date.UTC(2030, 0, 1, 0, 1));
  expect((await history(arn)).at(-1)?.type).toBe('ExecutionTimedOut');
  expect(statuses).toEqual(['RUNNING', 'TIMED_OUT']);
});
