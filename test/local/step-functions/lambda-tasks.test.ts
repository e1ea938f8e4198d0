import { expect, test } from 'vitest';
import { FUNCTION, named, startStepFunctions } from './start-step-functions.ts';

// https://docs.aws.amazon.com/step-functions/latest/dg/connect-lambda.html

const invoke = (state: object = {}) => ({
  StartAt: 'A',
  States: {
    A: {
      Type: 'Task',
      Resource: 'arn:aws:states:::lambda:invoke',
      Arguments: { FunctionName: 'fn', Payload: { n: '{% $states.input.n %}' } },
      End: true,
      ...state,
    },
  },
});

test('lambda:invoke passes on what the API answers', async () => {
  const { run } = await startStepFunctions({ fn: ({ n }: { n: number }) => ({ twice: n * 2 }) });
  expect((await run(invoke(), { n: 4 })).output).toEqual({
    ExecutedVersion: '$LATEST',
    Payload: { twice: 8 },
    StatusCode: 200,
  });
});

test('Output and Assign see it as $states.result', async () => {
  const { run } = await startStepFunctions({ fn: ({ n }: { n: number }) => ({ twice: n * 2 }) });
  const Output = '{% $states.result.Payload.twice + $states.input.n %}';
  expect((await run(invoke({ Output }), { n: 4 })).output).toBe(12);
});

test("a function's own ARN is called with the input, and its answer is the result", async () => {
  const { run, history } = await startStepFunctions({ fn: ({ n }: { n: number }) => n + 1 });
  const { arn, output } = await run(
    { StartAt: 'A', States: { A: { Type: 'Task', Resource: `${FUNCTION}fn`, End: true } } },
    { n: 1 },
  );
  expect(output).toBe(2);
  expect((await history(arn)).map(({ type }) => type)).toEqual([
    'ExecutionStarted',
    'TaskStateEntered',
    'LambdaFunctionScheduled',
    'LambdaFunctionStarted',
    'LambdaFunctionSucceeded',
    'TaskStateExited',
    'ExecutionSucceeded',
  ]);
});

test("a function's error is the task's, with its details as the cause", async () => {
  const { run } = await startStepFunctions({
    fn: () => {
      throw named('CardDeclined', 'no money');
    },
  });
  const { status, error, cause } = await run(invoke(), { n: 1 });
  expect([status, error]).toEqual(['FAILED', 'CardDeclined']);
  expect(JSON.parse(cause ?? '')).toEqual({ errorType: 'CardDeclined', errorMessage: 'no money', trace: [] });
});

test('a throttled function fails as Lambda.TooManyRequestsException', async () => {
  const { run } = await startStepFunctions({
    fn: () => {
      throw 'throttled';
    },
  });
  expect((await run(invoke(), { n: 1 })).error).toBe('Lambda.TooManyRequestsException');
});

test('a function that is not there fails as Lambda.ResourceNotFoundException', async () => {
  const { run } = await startStepFunctions();
  expect((await run(invoke(), { n: 1 })).error).toBe('Lambda.ResourceNotFoundException');
});

test('TimeoutSeconds ends a task that takes longer, as States.Timeout', async () => {
  const { run, clock, history } = await startStepFunctions({ fn: () => new Promise(() => {}) });
  const { arn, error } = await run(invoke({ TimeoutSeconds: '{% $states.input.n * 10 %}' }), { n: 3 });
  expect(error).toBe('States.Timeout');
  expect(clock.now()).toBe(Date.UTC(2030, 0, 1, 0, 0, 30));
  expect((await history(arn)).map(({ type }) => type)).toContain('TaskTimedOut');
});

test('the history tells of the call', async () => {
  const { run, history } = await startStepFunctions({ fn: () => 'x' });
  const { arn } = await run(invoke({ TimeoutSeconds: 60 }), { n: 1 });
  const events = await history(arn);
  expect(events.map(({ type, previousEventId }) => [type, previousEventId])).toEqual([
    ['ExecutionStarted', 0],
    ['TaskStateEntered', 1],
    ['TaskScheduled', 2],
    ['TaskStarted', 3],
    ['TaskSucceeded', 4],
    ['TaskStateExited', 5],
    ['ExecutionSucceeded', 6],
  ]);
  expect(events[2]?.taskScheduledEventDetails).toEqual({
    resourceType: 'lambda',
    resource: 'invoke',
    region: 'eu-west-1',
    parameters: '{"FunctionName":"fn","Payload":{"n":1}}',
    timeoutInSeconds: 60,
  });
  expect(events[4]?.taskSucceededEventDetails?.output).toContain('"Payload":"x"');
});

test('arguments that cannot be evaluated fail before the call', async () => {
  const { run, history } = await startStepFunctions({ fn: () => 'x' });
  const { arn, error } = await run(invoke(), {});
  expect(error).toBe('States.QueryEvaluationError');
  expect((await history(arn)).map(({ type }) => type)).toEqual([
    'ExecutionStarted',
    'TaskStateEntered',
    'EvaluationFailed',
    'ExecutionFailed',
  ]);
});
