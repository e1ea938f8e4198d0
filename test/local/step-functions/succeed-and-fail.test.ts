import { expect, test } from 'vitest';
import { startStepFunctions } from './start-step-functions.ts';

// https://states-language.net/spec.html#succeed-state, #fail-state

test('Succeed ends the execution with its Output', async () => {
  const { run, statuses } = await startStepFunctions();
  const { output } = await run({ StartAt: 'A', States: { A: { Type: 'Succeed', Output: { done: true } } } });
  expect(output).toEqual({ done: true });
  expect(statuses).toEqual(['RUNNING', 'SUCCEEDED']);
});

test('Fail ends it with an error and a cause, which may be expressions', async () => {
  const { run, history } = await startStepFunctions();
  const ended = await run(
    {
      StartAt: 'A',
      States: {
        A: { Type: 'Fail', Error: 'TooLate', Cause: "{% 'after ' & $states.input.days & ' days' %}" },
      },
    },
    { days: 7 },
  );
  expect(ended).toMatchObject({ status: 'FAILED', error: 'TooLate', cause: 'after 7 days' });
  const types = (await history(ended.arn)).map(({ type }) => type);
  expect(types).toEqual(['ExecutionStarted', 'FailStateEntered', 'ExecutionFailed']);
});

test('a cause that is no string fails as such', async () => {
  const { run } = await startStepFunctions();
  const ended = await run({ StartAt: 'A', States: { A: { Type: 'Fail', Cause: '{% 1 %}' } } });
  expect(ended.error).toBe('States.QueryEvaluationError');
});
