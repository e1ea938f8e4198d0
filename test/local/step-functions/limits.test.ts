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

test('one Assign may have 256 KiB in all its variables, and no byte more', async () => {
  const { run } = await startStepFunctions();
  const assigns = (bytes: number) => {
    const half = `{% $pad('', ${bytes / 2 - 2}, 'x') %}`;
    return run({ StartAt: 'A', States: { A: { Type: 'Pass', Assign: { a: half, b: half }, End: true } } });
  };
  expect((await assigns(262_144)).status).toBe('SUCCEEDED');
  expect(await assigns(262_146)).toMatchObject({ status: 'FAILED', error: 'States.DataLimitExceeded' });
});

const whole = "{% $pad('', 262142, 'x') %}";
const assign = (variables: object) => ({ Type: 'Pass', Assign: variables });
const inBranch = (variables: object) => ({
  Type: 'Parallel',
  Branches: [{ StartAt: 'B', States: { B: { ...assign(variables), End: true } } }],
});

test.each([
  ['succeeds', 'none beside them', {}, 'SUCCEEDED'],
  ['fails', 'a byte more', assign({ more: 1 }), 'FAILED'],
  ['fails', 'a byte more in a branch', inBranch({ more: 1 }), 'FAILED'],
  ['succeeds', 'one of them written over', assign({ v39: whole }), 'SUCCEEDED'],
  ['fails', 'one of them in a branch as well', inBranch({ other: whole }), 'FAILED'],
])('an execution with variables of 10 MiB %s with %s', async (_how, _what, last, expected) => {
  const { run } = await startStepFunctions();
  const names = Array.from({ length: 40 }, (_, index) => `v${index}`);
  const states = names.map((name, index) => [
    name,
    { ...assign({ [name]: whole }), Next: names[index + 1] ?? 'Last' },
  ]);
  const { status, error } = await run({
    StartAt: 'v0',
    States: { ...Object.fromEntries(states), Last: { Type: 'Pass', ...last, End: true } },
  });
  expect([status, error]).toEqual([expected, expected === 'FAILED' ? 'States.DataLimitExceeded' : undefined]);
});

test('the variables of an iteration that has ended count no more', async () => {
  const { run } = await startStepFunctions();
  const item = { StartAt: 'I', States: { I: { ...assign({ x: whole }), Output: 1, End: true } } };
  const map = {
    Type: 'Map',
    Items: new Array(41).fill(1),
    MaxConcurrency: 1,
    ItemProcessor: item,
    End: true,
  };
  expect((await run({ StartAt: 'M', States: { M: map } })).status).toBe('SUCCEEDED');
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
