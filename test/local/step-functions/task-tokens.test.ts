import {
  SendTaskFailureCommand,
  SendTaskHeartbeatCommand,
  SendTaskSuccessCommand,
} from '@aws-sdk/client-sfn';
import { expect, test } from 'vitest';
import { startStepFunctions } from './start-step-functions.ts';

// https://docs.aws.amazon.com/step-functions/latest/dg/connect-to-resource.html#connect-wait-token

const waiting = (state: object = {}) => ({
  StartAt: 'A',
  States: {
    A: {
      Type: 'Task',
      Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
      Arguments: { FunctionName: 'fn', Payload: { token: '{% $states.context.Task.Token %}' } },
      End: true,
      ...state,
    },
  },
});

async function startWaiting(state: object = {}) {
  const tokens: string[] = [];
  const fixture = await startStepFunctions({ fn: ({ token }: { token: string }) => void tokens.push(token) });
  const arn = await fixture.start(waiting(state));
  await fixture.settle();
  return { ...fixture, arn, tokens, taskToken: tokens[0] ?? '' };
}

test('the task waits for a report of success, whose output is its result', async () => {
  const { sfn, settle, advance, describe, arn, taskToken } = await startWaiting();
  await advance(86_400_000 * 300);
  expect((await describe(arn)).status).toBe('RUNNING');
  await sfn.send(new SendTaskSuccessCommand({ taskToken, output: '{"approved":true}' }));
  await settle();
  expect(await describe(arn)).toMatchObject({ status: 'SUCCEEDED', output: '{"approved":true}' });
});

test('a report of failure is the error of the task', async () => {
  const { sfn, settle, describe, arn, taskToken } = await startWaiting();
  await sfn.send(new SendTaskFailureCommand({ taskToken, error: 'Refused', cause: 'by the boss' }));
  await settle();
  expect(await describe(arn)).toMatchObject({ status: 'FAILED', error: 'Refused', cause: 'by the boss' });
});

test('the history has the call as submitted, then the report', async () => {
  const { sfn, settle, history, arn, taskToken } = await startWaiting();
  await sfn.send(new SendTaskSuccessCommand({ taskToken, output: '1' }));
  await settle();
  expect((await history(arn)).map(({ type }) => type)).toEqual([
    'ExecutionStarted',
    'TaskStateEntered',
    'TaskScheduled',
    'TaskStarted',
    'TaskSubmitted',
    'TaskSucceeded',
    'TaskStateExited',
    'ExecutionSucceeded',
  ]);
});

test('a second report finds the task no more', async () => {
  const { sfn, settle, taskToken } = await startWaiting();
  await sfn.send(new SendTaskSuccessCommand({ taskToken, output: '1' }));
  await settle();
  const again = sfn.send(new SendTaskSuccessCommand({ taskToken, output: '2' }));
  await expect(again).rejects.toMatchObject({ name: 'TaskTimedOut' });
});

test('a token that never was is invalid', async () => {
  const { sfn } = await startWaiting();
  const report = sfn.send(new SendTaskSuccessCommand({ taskToken: 'made up', output: '1' }));
  await expect(report).rejects.toMatchObject({ name: 'InvalidToken' });
});

test('an output that is no JSON is refused, and the task goes on waiting', async () => {
  const { sfn, describe, arn, taskToken } = await startWaiting();
  const report = sfn.send(new SendTaskSuccessCommand({ taskToken, output: 'yes' }));
  await expect(report).rejects.toMatchObject({ name: 'InvalidOutput' });
  expect((await describe(arn)).status).toBe('RUNNING');
});

test('TimeoutSeconds counts from the call', async () => {
  const { sfn, advance, describe, arn, taskToken } = await startWaiting({ TimeoutSeconds: 3600 });
  await advance(3_599_999);
  expect((await describe(arn)).status).toBe('RUNNING');
  await advance(1);
  expect(await describe(arn)).toMatchObject({ status: 'FAILED', error: 'States.Timeout' });
  const late = sfn.send(new SendTaskSuccessCommand({ taskToken, output: '1' }));
  await expect(late).rejects.toMatchObject({ name: 'TaskTimedOut' });
});

test('HeartbeatSeconds counts from the last heartbeat', async () => {
  const { sfn, advance, describe, arn, taskToken } = await startWaiting({ HeartbeatSeconds: 60 });
  await advance(50_000);
  await sfn.send(new SendTaskHeartbeatCommand({ taskToken }));
  await advance(59_999);
  expect((await describe(arn)).status).toBe('RUNNING');
  await advance(1);
  expect(await describe(arn)).toMatchObject({ status: 'FAILED', error: 'States.HeartbeatTimeout' });
});

test('a call that fails ends the wait', async () => {
  const { run, history } = await startStepFunctions();
  const { arn, error } = await run(waiting());
  expect(error).toBe('Lambda.ResourceNotFoundException');
  expect((await history(arn)).map(({ type }) => type)).toContain('TaskSubmitFailed');
});

test('each retry has a token of its own', async () => {
  const { sfn, settle, advance, tokens, taskToken } = await startWaiting({
    Retry: [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 10 }],
  });
  await sfn.send(new SendTaskFailureCommand({ taskToken }));
  await settle();
  await advance(10_000);
  expect(new Set(tokens).size).toBe(2);
});

test('the function may report before its call has been answered', async () => {
  const fixture = await startStepFunctions({
    fn: ({ token }: { token: string }) =>
      fixture.sfn.send(new SendTaskSuccessCommand({ taskToken: token, output: '"early"' })),
  });
  const arn = await fixture.start(waiting());
  await expect.poll(async () => (await fixture.describe(arn)).output).toBe('"early"');
});

test.each([
  ['error', 256],
  ['cause', 32_768],
] as const)('SendTaskFailure takes a text of its %s of %i characters, and none that is longer', async (field, longest) => {
  const { sfn } = await startStepFunctions();
  const fail = (length: number) =>
    sfn.send(new SendTaskFailureCommand({ taskToken: 'nobody', [field]: 'x'.repeat(length) }));
  await expect(fail(longest + 1)).rejects.toMatchObject({ name: 'ValidationException' });
  await expect(fail(longest)).rejects.toMatchObject({ name: 'InvalidToken' });
});
