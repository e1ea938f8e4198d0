import { GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { expect, onTestFinished, test } from 'vitest';
import { runningShop } from './running.ts';
import { writeAssembly } from './written-assembly.ts';

const template = (properties: object, code = 'exports.handler = async () => {};') => ({
  Resources: {
    Fn: {
      Type: 'AWS::Lambda::Function',
      Properties: {
        FunctionName: 'fn',
        Handler: 'index.handler',
        Runtime: 'nodejs24.x',
        Code: { ZipFile: code },
        ...properties,
      },
    },
  },
});
const variables = (Variables: object) => ({ Environment: { Variables } });

/** `{"A1":"…"}` of that many bytes. */
const ofBytes = (bytes: number) => variables({ A1: 'x'.repeat(bytes - 9) });

// https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html#API_CreateFunction_RequestBody
test.each<[property: string, value: unknown, message: string]>([
  ['Timeout', 0, 'Timeout must be a whole number of seconds from 1 to 900, got 0; change'],
  ['Timeout', '901', 'Timeout must be a whole number of seconds from 1 to 900, got 901; change'],
  ['Timeout', 1.5, 'Timeout must be a whole number of seconds from 1 to 900, got 1.5; change'],
  ['MemorySize', 127, 'MemorySize must be a whole number of MB from 128 to 10240, got 127; change'],
  ['MemorySize', 10_241, 'MemorySize must be a whole number of MB from 128 to 10240, got 10241; change'],
  ['ReservedConcurrentExecutions', -1, 'ReservedConcurrentExecutions must be a whole number from 0, got -1;'],
])('fails for a function whose %s is %j', async (property, value, message) => {
  await expect(runningShop(template({ [property]: value }))).rejects.toThrow(
    `Shop/Fn (AWS::Lambda::Function): ${message}`,
  );
});

test.each([
  { Timeout: 1, MemorySize: 128 },
  { Timeout: 900, MemorySize: 10_240 },
])('takes a function with %j', async ({ Timeout, MemorySize }) => {
  const engine = await runningShop(template({ Timeout, MemorySize }));
  const lambda = new LambdaClient(engine.clientConfig);
  onTestFinished(() => lambda.destroy());
  expect(await lambda.send(new GetFunctionConfigurationCommand({ FunctionName: 'fn' }))).toMatchObject({
    Timeout,
    MemorySize,
  });
});

// "The keys for these environment variables are reserved and cannot be set in your function configuration."
// https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
test.each([
  '_HANDLER',
  '_X_AMZN_TRACE_ID',
  'AWS_DEFAULT_REGION',
  'AWS_REGION',
  'AWS_EXECUTION_ENV',
  'AWS_LAMBDA_FUNCTION_NAME',
  'AWS_LAMBDA_FUNCTION_MEMORY_SIZE',
  'AWS_LAMBDA_FUNCTION_VERSION',
  'AWS_LAMBDA_INITIALIZATION_TYPE',
  'AWS_LAMBDA_LOG_GROUP_NAME',
  'AWS_LAMBDA_LOG_STREAM_NAME',
  'AWS_ACCESS_KEY',
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'AWS_LAMBDA_RUNTIME_API',
  'LAMBDA_TASK_ROOT',
  'LAMBDA_RUNTIME_DIR',
])('fails for a function with a variable %s, which Lambda sets itself', async name => {
  await expect(runningShop(template(variables({ SHOP: 'a', [name]: 'a' })))).rejects.toThrow(
    `Shop/Fn (AWS::Lambda::Function): Environment.Variables must not have what Lambda sets itself, got ${name}; give`,
  );
});

// https://docs.aws.amazon.com/lambda/latest/api/API_Environment.html
test.each(['A', '1ST', '_SHOP', 'SHOP-NAME', ''])('fails for a variable whose name is %j', async name => {
  await expect(runningShop(template(variables({ [name]: 'a' })))).rejects.toThrow(
    `that begin with a letter, got ${name}; rename`,
  );
});

test('gives a function the variables that Lambda reserves not, over those it sets', async () => {
  const own = { LANG: 'de_DE.UTF-8', TZ: 'Europe/Berlin', NODE_OPTIONS: '', a1: 'lower' };
  const lines: string[] = [];
  const names = JSON.stringify(Object.keys(own));
  const code = `console.log(JSON.stringify(${names}.map(name => process.env[name]))); exports.handler = () => {};`;
  await runningShop(template(variables(own), code), { onLog: ({ text }) => lines.push(text) });
  expect(JSON.parse(lines[0] ?? '')).toEqual(Object.values(own));
});

// https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html#function-configuration-deployment-and-execution
test('takes an environment of 4 KB, and fails for one of a byte more, naming the largest variable', async () => {
  await runningShop(template(ofBytes(4096)));
  await expect(runningShop(template(ofBytes(4097)))).rejects.toThrow(
    'Environment.Variables must be at most 4096 bytes as JSON, got 4097; move the largest, A1 (4088 bytes), into',
  );
  // Bytes, not characters, and the names and quotes of all.
  const umlauts = variables({ A1: 'ü'.repeat(2000), B1: 'x'.repeat(200) });
  await expect(runningShop(template(umlauts))).rejects.toThrow('got 4217; move the largest, A1 (4000 bytes)');
});

test('counts the variables of the template alone, not those that the engine gives every function', async () => {
  const environment = { OF_THE_ENGINE: 'x'.repeat(500) };
  await runningShop(template(ofBytes(4000)), { environment });
});

test('does not give a running function settings that Lambda refuses', async () => {
  const engine = await runningShop(template({}));
  const update = await engine.prepareUpdate(
    await writeAssembly({ Shop: { template: template({ Timeout: 901 }) } }),
  );
  await expect(update.replaceFunctions()).rejects.toThrow('from 1 to 900, got 901');
});
