import { RedriveExecutionCommand, SendTaskSuccessCommand } from '@aws-sdk/client-sfn';
import { expect, test } from 'vitest';
import { named, startStepFunctions } from './start-step-functions.ts';

// https://docs.aws.amazon.com/step-functions/latest/dg/redrive-executions.html

const task = (name: string, state: object = { End: true }) => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  Arguments: { FunctionName: name, Payload: '{% $states.input %}' },
  Output: '{% $states.result.Payload %}',
  ...state,
});

/** Functions that fail until they are mended, and what they were called. */
async function startBroken(...names: readonly string[]) {
  const calls: string[] = [];
  const broken = new Set(names);
  const handlers = ['a', 'b', 'c'].map(name => [
    name,
    (event: unknown) => {
      calls.push(name);
      if (broken.has(name)) throw named('Broken');
      return `${JSON.stringify(event)}${name}`.replaceAll('"', '');
    },
  ]);
  const fixture = await startStepFunctions(Object.fromEntries(handlers));
  const redrive = async (executionArn: string) => {
    await fixture.sfn.send(new RedriveExecutionCommand({ executionArn }));
    await fixture.settle();
  };
  return { ...fixture, calls, broken, redrive };
}

test('goes on from the state that failed, with the input it had', async () => {
  const { run, redrive, describe, calls, broken } = await startBroken('b');
  const { arn, status } = await run({
    StartAt: 'A',
    States: { A: task('a', { Next: 'B' }), B: task('b', { Next: 'C' }), C: task('c') },
  });
  expect(status).toBe('FAILED');
  broken.clear();
  await redrive(arn);
  expect(await describe(arn)).toMatchObject({ status: 'SUCCEEDED', output: '"{}abc"', redriveCount: 1 });
  expect(calls).toEqual(['a', 'b', 'b', 'c']);
});

test('variables stay as they were', async () => {
  const { run, redrive, describe, broken } = await startBroken('b');
  const { arn } = await run({
    StartAt: 'A',
    States: {
      A: { Type: 'Pass', Assign: { x: 7 }, Next: 'B' },
      B: task('b', { Output: '{% $x %}', End: true }),
    },
  });
  broken.clear();
  await redrive(arn);
  expect((await describe(arn)).output).toBe('7');
});

test('of a Parallel, only the branches run again that did not succeed', async () => {
  const { run, redrive, describe, calls, broken } = await startBroken('b');
  const branch = (name: string) => ({ StartAt: name, States: { [name]: task(name) } });
  const wait = { StartAt: 'W', States: { W: { Type: 'Wait', Seconds: 1, Next: 'b' }, b: task('b') } };
  const { arn } = await run({
    StartAt: 'P',
    States: { P: { Type: 'Parallel', Branches: [branch('a'), wait], End: true } },
  });
  broken.clear();
  await redrive(arn);
  expect((await describe(arn)).output).toBe('["{}a","{}b"]');
  expect(calls).toEqual(['a', 'b', 'b']);
});

test('of a Map, only the iterations run again that did not succeed', async () => {
  const seen: number[] = [];
  let mended = false;
  const { run, sfn, settle, describe } = await startStepFunctions({
    fn(n: number) {
      seen.push(n);
      if (n === 2 && !mended) throw named('Broken');
      return n * 10;
    },
  });
  const { arn } = await run(
    {
      StartAt: 'M',
      States: {
        M: {
          Type: 'Map',
          MaxConcurrency: 1,
          ItemProcessor: { StartAt: 'X', States: { X: task('fn') } },
          End: true,
        },
      },
    },
    [1, 2, 3],
  );
  mended = true;
  await sfn.send(new RedriveExecutionCommand({ executionArn: arn }));
  await settle();
  expect((await describe(arn)).output).toBe('[10,20,30]');
  expect(seen).toEqual([1, 2, 2, 3]);
});

test('the retries begin anew, and so does the time of the machine', async () => {
  const { run, redrive, describe, calls, advance } = await startBroken('a');
  const { arn } = await run({
    TimeoutSeconds: 60,
    StartAt: 'A',
    States: {
      A: task('a', { Retry: [{ ErrorEquals: ['Broken'], MaxAttempts: 1, IntervalSeconds: 50 }], End: true }),
    },
  });
  expect(calls).toHaveLength(2);
  await redrive(arn);
  await advance(50_000);
  expect(calls).toHaveLength(4);
  expect((await describe(arn)).status).toBe('FAILED');
});

test('a task that waited for its token gets another, and its time begins anew', async () => {
  const tokens: unknown[] = [];
  const { start, settle, advance, describe, sfn } = await startStepFunctions({
    ask: token => void tokens.push(token),
  });
  const waiting = {
    Type: 'Task',
    Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
    Arguments: { FunctionName: 'ask', Payload: '{% $states.context.Task.Token %}' },
    TimeoutSeconds: 60,
    End: true,
  };
  const branch = { StartAt: 'Ask', States: { Ask: waiting } };
  const arn = await start({
    StartAt: 'Both',
    States: { Both: { Type: 'Parallel', Branches: [branch], End: true } },
  });
  await settle();
  await advance(60_000);
  expect((await describe(arn)).status).toBe('FAILED');
  await sfn.send(new RedriveExecutionCommand({ executionArn: arn }));
  await advance(59_999);
  expect((await describe(arn)).status).toBe('RUNNING');
  expect(tokens).toHaveLength(2);
  await sfn.send(new SendTaskSuccessCommand({ taskToken: String(tokens[1]), output: '7' }));
  await settle();
  expect((await describe(arn)).output).toBe('[7]');
});

test('the history goes on', async () => {
  const { run, redrive, history, broken } = await startBroken('a');
  const { arn } = await run({ StartAt: 'A', States: { A: task('a') } });
  broken.clear();
  await redrive(arn);
  const types = (await history(arn)).map(({ type }) => type);
  expect(types.slice(types.indexOf('ExecutionFailed'))).toEqual([
    'ExecutionFailed',
    'ExecutionRedriven',
    'TaskStateEntered',
    'TaskScheduled',
    'TaskStarted',
    'TaskSucceeded',
    'TaskStateExited',
    'ExecutionSucceeded',
  ]);
});

test('fails for an execution that runs, has succeeded, or ended more than 14 days ago', async () => {
  const { run, start, sfn, advance } = await startBroken('a');
  const redrive = (executionArn: string) => sfn.send(new RedriveExecutionCommand({ executionArn }));
  const waiting = await start({ StartAt: 'A', States: { A: { Type: 'Wait', Seconds: 9e6, End: true } } });
  await expect(redrive(waiting)).rejects.toMatchObject({ name: 'ExecutionNotRedrivable' });
  const { arn: succeeded } = await run({ StartAt: 'A', States: { A: { Type: 'Succeed' } } });
  await expect(redrive(succeeded)).rejects.toThrow('Execution is SUCCEEDED');
  const { arn: failed } = await run({ StartAt: 'A', States: { A: task('a') } });
  await advance(14 * 86_400_000 + 1);
  await expect(redrive(failed)).rejects.toThrow('redrivable period exceeded');
});

test('a request that is repeated with its clientToken within 15 minutes redrives once', async () => {
  const { run, sfn, advance, describe, settle, calls } = await startBroken('a');
  const { arn } = await run({ StartAt: 'A', States: { A: task('a') } });
  const redrive = async (clientToken: string) => {
    const { redriveDate } = await sfn.send(new RedriveExecutionCommand({ executionArn: arn, clientToken }));
    await settle();
    return redriveDate;
  };
  const first = await redrive('one');
  await advance(15 * 60_000);
  expect(await redrive('one')).toEqual(first);
  expect(calls).toHaveLength(2);
  expect(await redrive('two')).not.toEqual(first);
  await advance(1);
  await redrive('one');
  expect((await describe(arn)).redriveCount).toBe(3);
});

test('the last ten tokens are remembered', async () => {
  const { run, sfn, describe, settle } = await startBroken('a');
  const { arn } = await run({ StartAt: 'A', States: { A: task('a') } });
  const redrive = async (clientToken: string) => {
    await sfn.send(new RedriveExecutionCommand({ executionArn: arn, clientToken }));
    await settle();
    return (await describe(arn)).redriveCount;
  };
  for (let count = 1; count <= 11; count++) expect(await redrive(`token ${count}`)).toBe(count);
  expect(await redrive('token 2')).toBe(11);
  expect(await redrive('token 1')).toBe(12);
});
