import { InvokeCommand, type InvokeCommandInput, LambdaClient } from '@aws-sdk/client-lambda';
import { expect, onTestFinished, test } from 'vitest';
import type { Clock } from '../../../local/clock.ts';
import { openFrontDoor } from '../../../local/front-door/front-door.ts';
import { eventually } from '../../eventually.ts';
import { createFakeClock } from '../fake-clock.ts';
import { startLambda } from './lambda-fixture.ts';

/** The function `fn` behind the engine's own door, and Lambda's client to call it by. */
async function calling(
  code: string,
  { clock, ...config }: { clock?: Clock; memoryMb?: number; timeoutSeconds?: number } = {},
) {
  const { service, create, logs } = startLambda(clock && { clock });
  create(code, config);
  const door = await openFrontDoor({ port: 0 });
  onTestFinished(() => door.stop());
  door.add(service);
  const client = new LambdaClient({
    endpoint: door.endpoint,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'AKID', secretAccessKey: 'secret' },
    maxAttempts: 1,
  });
  onTestFinished(() => client.destroy());
  const invoke = async (input: Partial<InvokeCommandInput> = {}) => {
    const answer = await client.send(new InvokeCommand({ FunctionName: 'fn', ...input }));
    const { StatusCode, FunctionError, Payload, LogResult, ExecutedVersion } = answer;
    return { StatusCode, FunctionError, LogResult, ExecutedVersion, text: Payload?.transformToString() };
  };
  return { invoke, logs };
}

const HANDLER = `exports.handler = async ({ mode }) => {
  console.log('mode ' + mode);
  if (mode === 'throw') throw new RangeError('no');
  if (mode === 'exit') process.exit(3);
  if (mode === 'memory') { const all = []; for (;;) all.push(new Array(10_000).fill(all.length)); }
  if (mode === 'hang') await new Promise(() => {});
  if (mode === 'large') return 'x'.repeat(6_291_556 - 1);
  if (mode === 'largest') return 'x'.repeat(6_291_556 - 2);
  return { mode };
};`;
const ofMode = (mode: string) => ({ Payload: JSON.stringify({ mode }) });

test('answers with the payload, the version that ran, and no function error', async () => {
  const { invoke } = await calling(HANDLER);
  expect(await invoke(ofMode('well'))).toEqual({
    StatusCode: 200,
    FunctionError: undefined,
    LogResult: undefined,
    ExecutedVersion: '$LATEST',
    text: '{"mode":"well"}',
  });
});

// "If the function returned an error, the payload is the error": the status is 200 then, too.
// https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html#API_Invoke_ResponseSyntax
test.each([
  {
    mode: 'throw',
    error: {
      errorType: 'RangeError',
      errorMessage: 'no',
      trace: expect.arrayContaining(['RangeError: no', expect.stringMatching(/^ {4}at .*index\.js:3/)]),
    },
  },
  {
    mode: 'exit',
    error: {
      errorType: 'Runtime.ExitError',
      errorMessage: expect.stringMatching(
        /^RequestId: [\da-f-]{36} Error: Runtime exited with error: exit status 3$/,
      ),
    },
  },
  {
    mode: 'memory',
    error: {
      errorType: 'Runtime.ExitError',
      errorMessage: expect.stringMatching(
        /^RequestId: [\da-f-]{36} Error: Runtime exited with error: signal: aborted$/,
      ),
    },
  },
  {
    mode: 'large',
    error: {
      errorType: 'Function.ResponseSizeTooLarge',
      errorMessage: 'Response payload size exceeded maximum allowed payload size (6291556 bytes).',
    },
  },
])('a function that ends by "$mode" is an answer of 200 with FunctionError', async ({ mode, error }) => {
  const { invoke } = await calling(HANDLER, { memoryMb: 128, timeoutSeconds: 60 });
  const { text = '', ...answer } = await invoke(ofMode(mode));
  expect(answer).toMatchObject({ StatusCode: 200, FunctionError: 'Unhandled', ExecutedVersion: '$LATEST' });
  expect(JSON.parse(text)).toEqual(error);
});

test('a response of the very size that is allowed arrives', async () => {
  const { invoke } = await calling(HANDLER);
  const { FunctionError, text = '' } = await invoke(ofMode('largest'));
  expect([FunctionError, text.length]).toEqual([undefined, 6_291_556]);
});

test('a function that takes too long is an answer of 200 with FunctionError', async () => {
  // GIVEN
  const clock = createFakeClock();
  const { invoke, logs } = await calling(HANDLER, { clock, timeoutSeconds: 2 });
  // WHEN
  const answered = invoke(ofMode('hang'));
  await eventually(() => expect(logs.map(({ text }) => text)).toContain('mode hang'));
  clock.advance(2_000);
  // THEN
  const { text = '', ...answer } = await answered;
  expect(answer).toMatchObject({ StatusCode: 200, FunctionError: 'Unhandled' });
  expect(JSON.parse(text)).toEqual({
    errorType: 'Sandbox.Timedout',
    errorMessage: expect.stringMatching(
      /^RequestId: [\da-f-]{36} Error: Task timed out after 2\.00 seconds$/,
    ),
  });
});

// https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html#runtimes-lifecycle-ib
test('a module that does not load is an answer of 200 with FunctionError, each time', async () => {
  const { invoke } = await calling('throw new TypeError("at load");');
  for (const _time of ['first', 'second']) {
    const { text = '', ...answer } = await invoke();
    expect(answer).toMatchObject({ StatusCode: 200, FunctionError: 'Unhandled' });
    expect(JSON.parse(text)).toMatchObject({ errorType: 'TypeError', errorMessage: 'at load' });
  }
});

test('an event is accepted with 202 and nothing else, whatever becomes of it', async () => {
  const { invoke, logs } = await calling(HANDLER, { clock: createFakeClock() });
  expect(await invoke({ ...ofMode('throw'), InvocationType: 'Event', LogType: 'Tail' })).toEqual({
    StatusCode: 202,
    FunctionError: undefined,
    LogResult: undefined,
    ExecutedVersion: undefined,
    text: undefined,
  });
  await eventually(() => expect(logs.map(({ text }) => text)).toContain('RangeError: no'));
});

test('a dry run is answered with 204, and runs nothing', async () => {
  const { invoke, logs } = await calling(HANDLER);
  expect(await invoke({ ...ofMode('well'), InvocationType: 'DryRun' })).toMatchObject({
    StatusCode: 204,
    text: undefined,
  });
  expect(logs).toEqual([]);
});

// https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html#API_Invoke_Errors
test.each<[what: string, input: Partial<InvokeCommandInput>, error: object]>([
  [
    'a function that is not there',
    { FunctionName: 'nobody' },
    {
      name: 'ResourceNotFoundException',
      Type: 'User',
      message: 'Function not found: arn:aws:lambda:eu-west-1:123456789012:function:nobody',
      $metadata: { httpStatusCode: 404 },
    },
  ],
  [
    'a dry run of a function that is not there',
    { FunctionName: 'nobody', InvocationType: 'DryRun' },
    { name: 'ResourceNotFoundException' },
  ],
  [
    'a payload that is no JSON',
    { Payload: '{' },
    { name: 'InvalidRequestContentException', $metadata: { httpStatusCode: 400 } },
  ],
  [
    'an event that is no JSON',
    { Payload: '{', InvocationType: 'Event' },
    { name: 'InvalidRequestContentException' },
  ],
  // 6 MB and 1 MB: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html#function-configuration-deployment-and-execution
  [
    'a request of more than 6 MB',
    { Payload: jsonOf(6_291_457) },
    { name: 'RequestEntityTooLargeException', $metadata: { httpStatusCode: 413 } },
  ],
  [
    'an event of more than 1 MB',
    { Payload: jsonOf(1_048_577), InvocationType: 'Event' },
    { name: 'RequestEntityTooLargeException', $metadata: { httpStatusCode: 413 } },
  ],
])('refuses %s, by the error that the SDK knows', async (_what, input, error) => {
  const { invoke, logs } = await calling(HANDLER);
  await expect(invoke(input)).rejects.toMatchObject(error);
  expect(logs).toEqual([]);
});

test.each<[size: number, InvocationType: 'RequestResponse' | 'Event', StatusCode: number]>([
  [6_291_456, 'RequestResponse', 200],
  [1_048_576, 'Event', 202],
])('takes a payload of %i bytes by %s', async (size, InvocationType, StatusCode) => {
  const { invoke, logs } = await calling('exports.handler = async text => console.log(text.length);');
  expect(await invoke({ Payload: jsonOf(size), InvocationType })).toMatchObject({ StatusCode });
  await eventually(() => expect(logs.map(({ text }) => text)).toEqual([String(size - 2)]));
});

// "Set to Tail to include the execution log in the response. Applies to synchronously invoked functions only."
// https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html#API_Invoke_RequestSyntax
test.each(['well', 'throw'])('answers with the log of an invocation of mode "%s" when asked', async mode => {
  const { invoke } = await calling(HANDLER);
  const { LogResult = '' } = await invoke({ ...ofMode(mode), LogType: 'Tail' });
  const lines = Buffer.from(LogResult, 'base64').toString().split('\n');
  expect(lines[0]).toMatch(/^START RequestId: [\da-f-]{36} Version: \$LATEST$/);
  expect(lines[1]).toBe(`mode ${mode}`);
  expect(lines.includes('RangeError: no')).toBe(mode === 'throw');
  expect(lines.at(-2)).toMatch(/^REPORT RequestId: [\da-f-]{36}\tDuration: [\d.]+ ms/);
});

/** A text in JSON that has this many bytes. */
function jsonOf(bytes: number): string {
  return `"${'x'.repeat(bytes - 2)}"`;
}
