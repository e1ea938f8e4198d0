import { expect, test } from 'vitest';
import { named, startStepFunctions } from './start-step-functions.ts';

// https://docs.aws.amazon.com/step-functions/latest/dg/state-parallel.html

const branch = (state: object) => ({ StartAt: 'X', States: { X: { End: true, ...state } } });
const task = (name: string) => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  Arguments: { FunctionName: name },
  Output: '{% $states.result.Payload %}',
});

const parallel = (branches: readonly object[], state: object = {}, after: object = {}) => ({
  StartAt: 'P',
  States: { P: { Type: 'Parallel', Branches: branches, End: true, ...state }, ...after },
});

test('its result is what each branch ends with, in their order', async () => {
  const { run } = await startStepFunctions();
  const { output } = await run(
    parallel([
      branch({ Type: 'Wait', Seconds: 60 }),
      branch({ Type: 'Pass', Output: '{% $states.input.n + 1 %}' }),
    ]),
    { n: 1 },
  );
  expect(output).toEqual([{ n: 1 }, 2]);
});

test('the branches run side by side', async () => {
  const { run, clock } = await startStepFunctions();
  await run(parallel([branch({ Type: 'Wait', Seconds: 60 }), branch({ Type: 'Wait', Seconds: 50 })]));
  expect(clock.now()).toBe(Date.UTC(2030, 0, 1, 0, 1));
});

test('Arguments are what each branch begins with', async () => {
  const { run } = await startStepFunctions();
  const { output } = await run(
    parallel([branch({ Type: 'Pass' })], { Arguments: { given: '{% $states.input.n %}' } }),
    {
      n: 5,
    },
  );
  expect(output).toEqual([{ given: 5 }]);
});

test('the first failure fails the state and ends the other branches', async () => {
  const { run, clock, history } = await startStepFunctions({
    bad: () => {
      throw named('Broken');
    },
  });
  const { arn, error } = await run(parallel([branch({ Type: 'Wait', Seconds: 600 }), branch(task('bad'))]));
  expect(error).toBe('Broken');
  expect(clock.now()).toBe(Date.UTC(2030, 0, 1));
  expect(clock.timers()).toBe(0);
  expect((await history(arn)).map(({ type }) => type)).toContain('ParallelStateFailed');
});

test('what a branch would call once its execution has ended is not called', async () => {
  // GIVEN a branch whose arguments are still evaluated when the other one's function is called
  let late = 0;
  const { run, clock } = await startStepFunctions({
    first: () => clock.advance(60_000),
    second: () => {
      late++;
      throw named('Late');
    },
  });
  const slow = { FunctionName: 'second', Payload: '{% $sum([1..2000].($ * 2)) %}' };
  const branches = [branch(task('first')), branch({ ...task('second'), Arguments: slow })];

  // WHEN its time is up meanwhile
  const { status } = await run({ TimeoutSeconds: 60, ...parallel(branches) });
  expect([status, late]).toEqual(['TIMED_OUT', 0]);
});

test('a failure can be caught, and retried as a whole', async () => {
  let calls = 0;
  let others = 0;
  const { run } = await startStepFunctions({
    flaky: () => {
      if (++calls === 1) throw named('Broken');
      return 'fine';
    },
    other: () => ++others,
  });
  const { output } = await run(
    parallel([branch(task('flaky')), branch(task('other'))], { Retry: [{ ErrorEquals: ['Broken'] }] }),
  );
  expect(output).toEqual(['fine', 2]);
});

test('branches read the variables around them, and keep their own to themselves', async () => {
  const { run } = await startStepFunctions();
  const { output } = await run({
    StartAt: 'A',
    States: {
      A: { Type: 'Pass', Assign: { outer: 1 }, Next: 'P' },
      P: {
        Type: 'Parallel',
        Branches: [branch({ Type: 'Pass', Assign: { inner: 2 }, Output: '{% $outer %}' })],
        Next: 'B',
      },
      B: { Type: 'Pass', Output: "{% $exists($inner) ? 'leaked' : $states.input %}", End: true },
    },
  });
  expect(output).toEqual([1]);
});

test('stopping the execution ends all branches', async () => {
  const { start, settle, service, clock, describe } = await startStepFunctions();
  const arn = await start(
    parallel([branch({ Type: 'Wait', Seconds: 60 }), branch({ Type: 'Wait', Seconds: 50 })]),
  );
  await settle();
  service.executions()[0]?.stop('Enough', undefined);
  await settle();
  expect(clock.timers()).toBe(0);
  expect(await describe(arn)).toMatchObject({ status: 'ABORTED', error: 'Enough' });
});
