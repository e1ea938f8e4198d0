import { RedriveExecutionCommand } from '@aws-sdk/client-sfn';
import { expect, test } from 'vitest';
import { toSteps } from '../../bin/commands/execution-steps.ts';
import { type Fixture, FUNCTION, startStepFunctions } from '../local/step-functions/start-step-functions.ts';

const call = (name: string, more: object = {}) => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  Arguments: { FunctionName: `${FUNCTION}${name}`, Payload: '{% $states.input %}' },
  Output: '{% $states.result.Payload %}',
  ...more,
});
const machine = (States: Readonly<Record<string, object>>) => ({
  QueryLanguage: 'JSONata',
  StartAt: Object.keys(States)[0],
  States,
});
const failing = () => {
  throw new Error('no paper');
};
const anyError = { ErrorEquals: ['States.ALL'] };

async function stepsOf(fixture: Fixture, arn: string) {
  const { status } = await fixture.describe(arn);
  return toSteps(await fixture.history(arn), status === 'RUNNING');
}

test('steps have their times, inputs and outputs', async () => {
  const fixture = await startStepFunctions({ work: ({ n }: { n: number }) => ({ n: n + 1 }) });
  const definition = machine({
    Work: call('work', { Next: 'Rest' }),
    Rest: { Type: 'Wait', Seconds: 60, End: true },
  });
  const { arn } = await fixture.run(definition, { n: 1 });

  expect(await stepsOf(fixture, arn)).toEqual([
    {
      name: 'Work',
      type: 'Task',
      status: 'succeeded',
      enteredAt: new Date('2030-01-01T00:00:00Z'),
      exitedAt: new Date('2030-01-01T00:00:00Z'),
      attempts: 1,
      input: { n: 1 },
      output: { n: 2 },
      errors: [],
    },
    {
      name: 'Rest',
      type: 'Wait',
      status: 'succeeded',
      enteredAt: new Date('2030-01-01T00:00:00Z'),
      exitedAt: new Date('2030-01-01T00:01:00Z'),
      attempts: 0,
      input: { n: 2 },
      output: { n: 2 },
      errors: [],
    },
  ]);
});

test('a step that is retried has the errors of its attempts', async () => {
  let calls = 0;
  const fixture = await startStepFunctions({ work: () => (++calls < 3 ? failing() : 'done') });
  const Retry = [{ ...anyError, IntervalSeconds: 10, BackoffRate: 1 }];
  const { arn } = await fixture.run(machine({ Work: call('work', { Retry, End: true }) }));

  expect(await stepsOf(fixture, arn)).toMatchObject([
    {
      status: 'succeeded',
      attempts: 3,
      output: 'done',
      errors: [
        { at: new Date('2030-01-01T00:00:00Z'), error: 'Error', cause: expect.stringContaining('no paper') },
        { at: new Date('2030-01-01T00:00:10Z') },
      ],
    },
  ]);
});

test('a step that waits for its next attempt is retrying', async () => {
  const fixture = await startStepFunctions({ work: failing });
  const Retry = [{ ...anyError, IntervalSeconds: 10 }];
  const arn = await fixture.start(machine({ Work: call('work', { Retry, End: true }) }));
  await fixture.untilQuiet();

  expect(await stepsOf(fixture, arn)).toMatchObject([{ status: 'retrying', attempts: 1 }]);
});

test('a step that waits is active, and interrupted once its execution has ended', async () => {
  const fixture = await startStepFunctions();
  const rest = { ...machine({ Rest: { Type: 'Wait', Seconds: 60, End: true } }), TimeoutSeconds: 30 };
  const arn = await fixture.start(rest);
  expect(await stepsOf(fixture, arn)).toMatchObject([{ status: 'active' }]);

  await fixture.advance(30_000);
  expect(await stepsOf(fixture, arn)).toMatchObject([{ status: 'interrupted' }]);
});

test('a step that failed is caught, or has ended the execution', async () => {
  const fixture = await startStepFunctions({ work: failing });
  const { arn } = await fixture.run(
    machine({
      First: call('work', { Catch: [{ ...anyError, Next: 'Second' }], End: true }),
      Second: call('work', { End: true }),
    }),
  );

  expect(await stepsOf(fixture, arn)).toMatchObject([
    { name: 'First', status: 'caught', errors: [{ error: 'Error' }] },
    { name: 'Second', status: 'failed', errors: [{ error: 'Error' }] },
  ]);
});

test('a step that fails on purpose, and the branches around it, have failed', async () => {
  const fixture = await startStepFunctions();
  const { arn } = await fixture.run(
    machine({
      Both: {
        Type: 'Parallel',
        Branches: [
          { StartAt: 'Give up', States: { 'Give up': { Type: 'Fail', Error: 'No', Cause: 'why' } } },
          { StartAt: 'Rest', States: { Rest: { Type: 'Wait', Seconds: 60, End: true } } },
        ],
        Catch: [{ ...anyError, Next: 'After' }],
        End: true,
      },
      After: { Type: 'Fail', Error: 'No', Cause: 'why' },
    }),
  );

  const steps = await stepsOf(fixture, arn);
  expect(Object.fromEntries(steps.map(({ name, status }) => [name, status]))).toEqual({
    Both: 'caught',
    'Give up': 'failed',
    Rest: 'interrupted',
    After: 'failed',
  });
});

test('steps of iterations side by side keep apart', async () => {
  const fixture = await startStepFunctions({ double: (n: number) => n * 2 });
  const each = machine({
    Rest: { Type: 'Wait', Seconds: 1, Next: 'Double' },
    Double: call('double', { End: true }),
  });
  const { arn } = await fixture.run(
    machine({ All: { Type: 'Map', ItemProcessor: each, End: true } }),
    [1, 2, 3],
  );

  const steps = await stepsOf(fixture, arn);
  expect(
    steps
      .filter(({ name }) => name === 'Double')
      .map(({ input, output, attempts }) => [input, output, attempts]),
  ).toEqual([
    [1, 2, 1],
    [2, 4, 1],
    [3, 6, 1],
  ]);
  expect(steps.find(({ name }) => name === 'All')).toMatchObject({ status: 'succeeded', output: [2, 4, 6] });
});

test('a redriven execution goes on behind the step that had failed', async () => {
  let calls = 0;
  const fixture = await startStepFunctions({ work: () => (++calls === 1 ? failing() : 'done') });
  const { arn } = await fixture.run(
    machine({ Work: call('work', { Next: 'Rest' }), Rest: { Type: 'Wait', Seconds: 60, End: true } }),
  );
  await fixture.sfn.send(new RedriveExecutionCommand({ executionArn: arn }));
  await fixture.untilQuiet();

  expect(await stepsOf(fixture, arn)).toMatchObject([
    { name: 'Work', status: 'failed', errors: [{ error: 'Error' }] },
    { name: 'Work', status: 'succeeded', output: 'done' },
    { name: 'Rest', status: 'active' },
  ]);
});

test('a redriven step that is not entered again goes on', () => {
  // AWS documents that the step is run again, and not that its state is entered again: both are understood.
  const at = new Date(0);
  const failure = { error: 'Error', cause: 'no paper' };
  const steps = toSteps(
    [
      { id: 1, previousEventId: 0, type: 'ExecutionStarted', timestamp: at },
      {
        id: 2,
        previousEventId: 0,
        type: 'TaskStateEntered',
        timestamp: at,
        stateEnteredEventDetails: { name: 'Work', input: '{}' },
      },
      { id: 3, previousEventId: 2, type: 'LambdaFunctionScheduled', timestamp: at },
      {
        id: 4,
        previousEventId: 3,
        type: 'LambdaFunctionFailed',
        timestamp: at,
        lambdaFunctionFailedEventDetails: failure,
      },
      {
        id: 5,
        previousEventId: 4,
        type: 'ExecutionFailed',
        timestamp: at,
        executionFailedEventDetails: failure,
      },
      { id: 6, previousEventId: 5, type: 'ExecutionRedriven', timestamp: at },
      { id: 7, previousEventId: 6, type: 'LambdaFunctionScheduled', timestamp: at },
    ],
    true,
  );

  expect(steps).toMatchObject([
    { name: 'Work', status: 'active', attempts: 2, errors: [{ error: 'Error' }] },
  ]);
});
