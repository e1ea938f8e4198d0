import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  DescribeStateMachineCommand,
  DescribeStateMachineForExecutionCommand,
  GetExecutionHistoryCommand,
  ListExecutionsCommand,
  ListStateMachinesCommand,
  StartExecutionCommand,
  StopExecutionCommand,
  ValidateStateMachineDefinitionCommand,
} from '@aws-sdk/client-sfn';
import { expect, test } from 'vitest';
import { ROLE, startStepFunctions } from './start-step-functions.ts';

const waits = { StartAt: 'A', States: { A: { Type: 'Wait', Seconds: 60, End: true } } };
const ends = { StartAt: 'A', States: { A: { Type: 'Pass', End: true } } };
const MACHINE = 'arn:aws:states:eu-west-1:000000000000:stateMachine:machine-1';
const named = (name: string, input = '{}') =>
  new StartExecutionCommand({ stateMachineArn: MACHINE, name, input });

// https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
test('StartExecution of the same name and input is the same execution while it runs', async () => {
  const { sfn, start, service } = await startStepFunctions();
  await start(waits);
  const first = await sfn.send(named('one'));
  const again = await sfn.send(named('one'));
  expect(again.executionArn).toBe('arn:aws:states:eu-west-1:000000000000:execution:machine-1:one');
  expect(again.startDate).toEqual(first.startDate);
  expect(service.executions()).toHaveLength(2);
});

test('of the same name and another input it fails', async () => {
  const { sfn, start } = await startStepFunctions();
  await start(waits);
  await sfn.send(named('one'));
  await expect(sfn.send(named('one', '{"n":1}'))).rejects.toMatchObject({ name: 'ExecutionAlreadyExists' });
});

test('of a name whose execution has ended it fails', async () => {
  const { sfn, start, settle } = await startStepFunctions();
  await start(ends);
  await sfn.send(named('one'));
  await settle();
  await expect(sfn.send(named('one'))).rejects.toMatchObject({ name: 'ExecutionAlreadyExists' });
});

test.each([
  ['a machine that is not there', { stateMachineArn: `${MACHINE}x` }, 'StateMachineDoesNotExist'],
  ['an input that is no JSON', { stateMachineArn: MACHINE, input: 'x' }, 'InvalidExecutionInput'],
  [
    'an input over 256 KiB',
    { stateMachineArn: MACHINE, input: JSON.stringify('x'.repeat(262_143)) },
    'ValidationException',
  ],
  ['a name with a space', { stateMachineArn: MACHINE, name: 'a b' }, 'InvalidName'],
  ['a name of 81 characters', { stateMachineArn: MACHINE, name: 'a'.repeat(81) }, 'InvalidName'],
])('StartExecution fails for %s', async (_what, input, name) => {
  const { sfn, start } = await startStepFunctions();
  await start(ends);
  await expect(sfn.send(new StartExecutionCommand(input))).rejects.toMatchObject({ name });
});

// https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeExecution.html
test('DescribeExecution tells how it stands', async () => {
  const { start, settle, describe } = await startStepFunctions();
  const arn = await start(ends, { n: 1 });
  await settle();
  expect(await describe(arn)).toMatchObject({
    executionArn: arn,
    stateMachineArn: MACHINE,
    status: 'SUCCEEDED',
    startDate: new Date('2030-01-01T00:00:00Z'),
    stopDate: new Date('2030-01-01T00:00:00Z'),
    input: '{"n":1}',
    output: '{"n":1}',
    redriveCount: 0,
    redriveStatus: 'NOT_REDRIVABLE',
  });
});

test('DescribeExecution of METADATA_ONLY tells neither what it was given nor what it gave', async () => {
  const { sfn, start, settle } = await startStepFunctions();
  const executionArn = await start(ends, { n: 1 });
  await settle();
  const describe = (includedData: 'ALL_DATA' | 'METADATA_ONLY') =>
    sfn.send(new DescribeExecutionCommand({ executionArn, includedData }));
  const { input, inputDetails, output, outputDetails, $metadata, ...rest } = await describe('ALL_DATA');
  expect([input, output]).toEqual(['{"n":1}', '{"n":1}']);
  expect(await describe('METADATA_ONLY')).toEqual({ ...rest, $metadata: expect.anything() });
  await expect(describe('SOME' as 'ALL_DATA')).rejects.toMatchObject({ name: 'ValidationException' });
});

test('DescribeExecution fails for one that is not there', async () => {
  const { describe } = await startStepFunctions();
  await expect(describe(`${MACHINE}:x`)).rejects.toMatchObject({ name: 'ExecutionDoesNotExist' });
});

// https://docs.aws.amazon.com/step-functions/latest/apireference/API_StopExecution.html
test('StopExecution ends it as ABORTED, with an error and a cause', async () => {
  const { sfn, start, settle, describe, history, statuses } = await startStepFunctions();
  const arn = await start(waits);
  await settle();
  const { stopDate } = await sfn.send(
    new StopExecutionCommand({ executionArn: arn, error: 'Off', cause: 'no need' }),
  );
  expect(stopDate).toEqual(new Date('2030-01-01T00:00:00Z'));
  expect(await describe(arn)).toMatchObject({ status: 'ABORTED', error: 'Off', cause: 'no need' });
  const events = await history(arn);
  expect(events.map(({ type }) => type)).toEqual([
    'ExecutionStarted',
    'WaitStateEntered',
    'ExecutionAborted',
  ]);
  expect(events.at(-1)?.executionAbortedEventDetails).toEqual({ error: 'Off', cause: 'no need' });
  expect(statuses).toEqual(['RUNNING', 'ABORTED']);
});

test.each([
  ['error', 256],
  ['cause', 32_768],
] as const)('StopExecution takes a text of its %s of %i characters, and none that is longer', async (field, longest) => {
  const { sfn, start, describe } = await startStepFunctions();
  const executionArn = await start(waits);
  const stop = (length: number) =>
    sfn.send(new StopExecutionCommand({ executionArn, [field]: 'x'.repeat(length) }));
  await expect(stop(longest + 1)).rejects.toMatchObject({ name: 'ValidationException' });
  expect((await describe(executionArn)).status).toBe('RUNNING');
  await stop(longest);
  expect((await describe(executionArn))[field]).toHaveLength(longest);
});

test('StopExecution leaves one that has ended as it is', async () => {
  const { sfn, start, settle, describe } = await startStepFunctions();
  const arn = await start(ends);
  await settle();
  await sfn.send(new StopExecutionCommand({ executionArn: arn }));
  expect((await describe(arn)).status).toBe('SUCCEEDED');
});

// https://docs.aws.amazon.com/step-functions/latest/apireference/API_ListExecutions.html
test('ListExecutions has the newest first, by status, in pages', async () => {
  const { sfn, start, settle } = await startStepFunctions();
  await start(waits);
  for (const name of ['one', 'two']) await sfn.send(named(name));
  await settle();
  const stateMachineArn = MACHINE;
  const first = await sfn.send(new ListExecutionsCommand({ stateMachineArn, maxResults: 2 }));
  expect(first.executions?.map(({ name }) => name)).toEqual(['two', 'one']);
  const { nextToken } = first;
  const rest = await sfn.send(new ListExecutionsCommand({ stateMachineArn, maxResults: 2, nextToken }));
  expect([rest.executions?.length, rest.nextToken]).toEqual([1, undefined]);
  const ended = await sfn.send(new ListExecutionsCommand({ stateMachineArn, statusFilter: 'SUCCEEDED' }));
  expect(ended.executions).toEqual([]);
});

// https://docs.aws.amazon.com/step-functions/latest/apireference/API_GetExecutionHistory.html
test('GetExecutionHistory in reverse, in pages', async () => {
  const { sfn, start, settle } = await startStepFunctions();
  const executionArn = await start(ends);
  await settle();
  const { events, nextToken } = await sfn.send(
    new GetExecutionHistoryCommand({ executionArn, reverseOrder: true, maxResults: 3 }),
  );
  expect(events?.map(({ id }) => id)).toEqual([4, 3, 2]);
  const rest = await sfn.send(
    new GetExecutionHistoryCommand({ executionArn, reverseOrder: true, maxResults: 3, nextToken }),
  );
  expect(rest.events?.map(({ type }) => type)).toEqual(['ExecutionStarted']);
});

test('GetExecutionHistory without data has the same events, and nothing that states were given or gave', async () => {
  const { sfn, start, settle } = await startStepFunctions({ fn: () => 'SECRET' });
  const task = {
    Type: 'Task',
    Resource: 'arn:aws:states:::lambda:invoke',
    Arguments: { FunctionName: 'fn', Payload: 'SECRET' },
    Assign: { x: 'SECRET' },
    End: true,
  };
  const executionArn = await start({ StartAt: 'A', States: { A: task } }, { n: 'SECRET' });
  await settle();
  const get = (includeExecutionData: boolean) =>
    sfn.send(new GetExecutionHistoryCommand({ executionArn, includeExecutionData }));
  const { events: whole } = await get(true);
  const { events = [] } = await get(false);
  expect(events.map(({ id, type }) => [id, type])).toEqual(whole?.map(({ id, type }) => [id, type]));
  expect(JSON.stringify(whole)).toContain('SECRET');
  expect(JSON.stringify(events)).not.toContain('SECRET');
  expect(events[1]?.stateEnteredEventDetails).toEqual({ name: 'A' });
});

// https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeStateMachine.html
test('DescribeStateMachine, also for an execution, and ListStateMachines', async () => {
  const { sfn, start } = await startStepFunctions();
  const executionArn = await start(ends);
  const described = await sfn.send(new DescribeStateMachineCommand({ stateMachineArn: MACHINE }));
  expect(described).toMatchObject({ name: 'machine-1', type: 'STANDARD', status: 'ACTIVE', roleArn: ROLE });
  expect(JSON.parse(described.definition ?? '')).toMatchObject(ends);
  const ofExecution = await sfn.send(new DescribeStateMachineForExecutionCommand({ executionArn }));
  expect(ofExecution.stateMachineArn).toBe(MACHINE);
  const { stateMachines } = await sfn.send(new ListStateMachinesCommand({}));
  expect(stateMachines?.map(({ name }) => name)).toEqual(['machine-1']);
});

// https://docs.aws.amazon.com/step-functions/latest/apireference/API_ValidateStateMachineDefinition.html
test('ValidateStateMachineDefinition tells what is wrong', async () => {
  const { sfn } = await startStepFunctions();
  const validate = (definition: object) =>
    sfn.send(new ValidateStateMachineDefinitionCommand({ definition: JSON.stringify(definition) }));
  expect(await validate({ QueryLanguage: 'JSONata', ...ends })).toMatchObject({
    result: 'OK',
    diagnostics: [],
  });
  const { result, diagnostics } = await validate(ends);
  expect(result).toBe('FAIL');
  expect(diagnostics?.[0]).toMatchObject({ severity: 'ERROR', message: expect.stringContaining('JSONPath') });
});

test('the rest of the API is refused by name', async () => {
  const { sfn } = await startStepFunctions();
  const create = sfn.send(new CreateStateMachineCommand({ name: 'x', definition: '{}', roleArn: ROLE }));
  await expect(create).rejects.toThrow('CreateStateMachine is not supported by the local Step Functions.');
});
