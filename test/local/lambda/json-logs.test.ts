import { expect, test } from 'vitest';
import { startLambda } from './lambda-fixture.ts';

const parsed = (logs: { text: string }[]) => logs.map(({ text }) => JSON.parse(text));

// https://docs.aws.amazon.com/lambda/latest/dg/nodejs-logging.html
test('writes a line of JSON for each call of the console', async () => {
  // GIVEN
  const { create, logs } = startLambda();
  const code = `console.info('loading');
    exports.handler = async (event, { awsRequestId }) => {
      console.log('hello %s', 'you', 1);
      console.warn({ order: 7 });
      console.debug(undefined);
      console.fatal('over');
      process.stdout.write('{"mine":true}\\n');
      return awsRequestId;
    };`;
  // WHEN
  const result = await create(code, { logFormat: 'JSON' }).invoke({});
  // THEN
  const requestId = result.outcome === 'succeeded' ? result.payload : undefined;
  const timestamp = expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/);
  expect(parsed(logs)).toEqual([
    { timestamp, level: 'INFO', message: 'loading' },
    { timestamp, level: 'INFO', requestId, message: 'hello you 1' },
    { timestamp, level: 'WARN', requestId, message: { order: 7 } },
    { timestamp, level: 'DEBUG', requestId },
    { timestamp, level: 'FATAL', requestId, message: 'over' },
    { mine: true },
  ]);
});

test('writes errors with their type, message and stack', async () => {
  const { create, logs } = startLambda();
  const code = `exports.handler = async () => {
      console.error(new RangeError('too far'));
      console.error('failed', new TypeError('no'));
    };`;
  await create(code, { logFormat: 'JSON' }).invoke({});
  const stackTrace = expect.arrayContaining([expect.stringContaining('index.js')]);
  expect(parsed(logs)).toMatchObject([
    { level: 'ERROR', message: { errorType: 'RangeError', errorMessage: 'too far', stackTrace } },
    {
      message: expect.stringContaining('failed TypeError: no'),
      errorType: 'TypeError',
      errorMessage: 'no',
      stackTrace,
    },
  ]);
});

test('writes what JSON cannot say as text', async () => {
  const { create, logs } = startLambda();
  const code = 'exports.handler = async () => { console.log({ big: 1n }); };';
  await create(code, { logFormat: 'JSON' }).invoke({});
  expect(parsed(logs)).toMatchObject([{ message: '{ big: 1n }' }]);
});

// https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html
test('writes nothing below the application log level', async () => {
  const { create, logs } = startLambda();
  const code = `exports.handler = async () => {
      for (const level of ['trace', 'debug', 'info', 'log', 'warn', 'error', 'fatal']) console[level](level);
    };`;
  await create(code, { logFormat: 'JSON', applicationLogLevel: 'WARN' }).invoke({});
  expect(parsed(logs).map(({ message }) => message)).toEqual(['warn', 'error', 'fatal']);
});

test('leaves the console as it is in the text format', async () => {
  const { create, logs } = startLambda();
  await create("exports.handler = async () => console.log('plain', 1);").invoke({});
  expect(logs.map(({ text }) => text)).toEqual(['plain 1']);
});
