import { expect, test } from 'vitest';
import { startStepFunctions } from './start-step-functions.ts';

// https://docs.aws.amazon.com/step-functions/latest/dg/state-choice.html

const machine = (Default?: string) => ({
  StartAt: 'Which',
  States: {
    Which: {
      Type: 'Choice',
      Choices: [
        { Condition: '{% $states.input.n > 10 %}', Next: 'Many', Assign: { how: 'many' }, Output: 'rule' },
        { Condition: '{% $states.input.n > 5 %}', Next: 'Many', Assign: { how: 'some' } },
      ],
      Assign: { how: 'few' },
      Output: 'otherwise',
      ...(Default && { Default }),
    },
    Many: { Type: 'Pass', Output: { input: '{% $states.input %}', how: '{% $how %}' }, End: true },
  },
});

test('the first rule that holds decides, with its own Assign and Output', async () => {
  const { run } = await startStepFunctions();
  expect((await run(machine('Many'), { n: 11 })).output).toEqual({ input: 'rule', how: 'many' });
});

test('a rule without Output passes the input on', async () => {
  const { run } = await startStepFunctions();
  expect((await run(machine('Many'), { n: 6 })).output).toEqual({ input: { n: 6 }, how: 'some' });
});

test("without a rule that holds it is Default, with the state's own Assign and Output", async () => {
  const { run } = await startStepFunctions();
  expect((await run(machine('Many'), { n: 1 })).output).toEqual({ input: 'otherwise', how: 'few' });
});

test('without a Default it fails with States.NoChoiceMatched', async () => {
  const { run } = await startStepFunctions();
  expect(await run(machine(), { n: 1 })).toMatchObject({ status: 'FAILED', error: 'States.NoChoiceMatched' });
});

test('a condition that is neither true nor false fails', async () => {
  const { run } = await startStepFunctions();
  const ended = await run({
    StartAt: 'A',
    States: {
      A: { Type: 'Choice', Choices: [{ Condition: '{% 1 %}', Next: 'B' }], Default: 'B' },
      B: { Type: 'Succeed' },
    },
  });
  expect(ended.error).toBe('States.QueryEvaluationError');
});
