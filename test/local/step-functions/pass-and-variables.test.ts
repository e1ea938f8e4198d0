import { expect, test } from 'vitest';
import { startStepFunctions } from './start-step-functions.ts';

// https://states-language.net/spec.html#pass-state and
// https://docs.aws.amazon.com/step-functions/latest/dg/workflow-variables.html

test('a Pass state passes its input on', async () => {
  const { run } = await startStepFunctions();
  const { status, output } = await run(
    { StartAt: 'A', States: { A: { Type: 'Pass', End: true } } },
    { answer: 42 },
  );
  expect(status).toBe('SUCCEEDED');
  expect(output).toEqual({ answer: 42 });
});

test('Output replaces it, expressions and all else alike', async () => {
  const { run } = await startStepFunctions();
  const Output = {
    sum: '{% $states.input.a + $states.input.b %}',
    text: 'as it is',
    list: [1, '{% 1 + 1 %}'],
  };
  const { output } = await run(
    { StartAt: 'A', States: { A: { Type: 'Pass', Output, End: true } } },
    { a: 1, b: 2 },
  );
  expect(output).toEqual({ sum: 3, text: 'as it is', list: [1, 2] });
});

test('Output may be a plain string', async () => {
  const { run } = await startStepFunctions();
  const { output } = await run({ StartAt: 'A', States: { A: { Type: 'Pass', Output: 'done', End: true } } });
  expect(output).toBe('done');
});

test('Assign sets variables for the states that follow', async () => {
  const { run } = await startStepFunctions();
  const { output } = await run(
    {
      StartAt: 'A',
      States: {
        A: { Type: 'Pass', Assign: { seen: '{% $states.input.n %}' }, Output: {}, Next: 'B' },
        B: { Type: 'Pass', Output: '{% $seen * 2 %}', End: true },
      },
    },
    { n: 21 },
  );
  expect(output).toBe(42);
});

test("a state's expressions see the variables as they were when it was entered", async () => {
  const { run } = await startStepFunctions();
  const { output } = await run({
    StartAt: 'A',
    States: {
      A: { Type: 'Pass', Assign: { x: 1, y: 1 }, Next: 'B' },
      B: { Type: 'Pass', Assign: { x: '{% $y + 1 %}', y: '{% $x + 10 %}' }, Output: '{% $x %}', Next: 'C' },
      C: { Type: 'Pass', Output: { before: '{% $states.input %}', x: '{% $x %}', y: '{% $y %}' }, End: true },
    },
  });
  expect(output).toEqual({ before: 1, x: 2, y: 11 });
});

test('the history tells what a state assigned', async () => {
  const { run, history } = await startStepFunctions();
  const { arn } = await run({ StartAt: 'A', States: { A: { Type: 'Pass', Assign: { x: [1] }, End: true } } });
  const exited = (await history(arn)).find(({ type }) => type === 'PassStateExited');
  expect(exited?.stateExitedEventDetails).toMatchObject({ name: 'A', assignedVariables: { x: '[1]' } });
});

test('$states.context tells of execution, machine and state', async () => {
  const { run } = await startStepFunctions();
  const { arn, output } = await run(
    { StartAt: 'A', States: { A: { Type: 'Pass', Output: '{% $states.context %}', End: true } } },
    { n: 1 },
  );
  expect(output).toEqual({
    Execution: {
      Id: arn,
      Input: { n: 1 },
      Name: arn.split(':').at(-1),
      RoleArn: 'arn:aws:iam::000000000000:role/machine',
      StartTime: '2030-01-01T00:00:00.000Z',
      RedriveCount: 0,
    },
    StateMachine: { Id: 'arn:aws:states:eu-west-1:000000000000:stateMachine:machine-1', Name: 'machine-1' },
    State: { EnteredTime: '2030-01-01T00:00:00.000Z', Name: 'A', RetryCount: 0 },
  });
});
