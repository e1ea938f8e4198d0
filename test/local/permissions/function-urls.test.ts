import { App, Stack } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { expect, test } from 'vitest';
import { running } from '../engine/running.ts';
import { newFolder } from '../engine/written-assembly.ts';
import { FUNCTION, roleWith, shopOf } from './function-fixture.ts';

const FUNCTION_NAME = { Ref: 'Worker' };
const OPEN = {
  Url: {
    Type: 'AWS::Lambda::Permission',
    Properties: {
      FunctionName: FUNCTION_NAME,
      Action: 'lambda:InvokeFunctionUrl',
      Principal: '*',
      FunctionUrlAuthType: 'NONE',
    },
  },
  Invoke: {
    Type: 'AWS::Lambda::Permission',
    Properties: {
      FunctionName: FUNCTION_NAME,
      Action: 'lambda:InvokeFunction',
      Principal: '*',
      InvokedViaFunctionUrl: true,
    },
  },
};

/** What an unsigned request to the URL of a function with these resources beside it is answered. */
async function callUrl(
  resources: Readonly<Record<string, object>>,
  {
    authType = 'NONE',
    permissions = 'on',
    headers = {},
  }: { authType?: string; permissions?: 'on' | 'off'; headers?: Record<string, string> } = {},
): Promise<Response> {
  const url = {
    Type: 'AWS::Lambda::Url',
    Properties: { AuthType: authType, TargetFunctionArn: FUNCTION_NAME },
  };
  const { engine } = await shopOf(
    { Role: roleWith([]), Worker: FUNCTION, PublicUrl: url, ...resources },
    { permissions },
  );
  return fetch(engine.functionUrls[0]?.url ?? '', { method: 'POST', body: '{}', headers });
}

// https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html
test('a URL without authentication is public when the function’s policy allows it to everybody', async () => {
  expect((await callUrl(OPEN)).status).toBe(200);
});

test.each([
  { missing: 'both statements', resources: {} },
  { missing: 'lambda:InvokeFunction, as of October 2025', resources: { Url: OPEN.Url } },
  { missing: 'lambda:InvokeFunctionUrl', resources: { Invoke: OPEN.Invoke } },
])('a URL without authentication is forbidden without $missing', async ({ resources }) => {
  const response = await callUrl(resources);

  expect(response.status).toBe(403);
  expect(response.headers.get('x-amzn-errortype')).toBe('AccessDeniedException');
  expect(await response.json()).toEqual({
    Message: expect.stringMatching(
      /^Forbidden\. For troubleshooting Function URL authorization issues, see: /,
    ),
  });
});

test('a statement for another kind of URL, or for one account, makes no URL public', async () => {
  const otherType = { ...OPEN.Url.Properties, FunctionUrlAuthType: 'AWS_IAM' };
  const oneAccount = { ...OPEN.Url.Properties, Principal: '111122223333' };
  for (const Properties of [otherType, oneAccount]) {
    expect((await callUrl({ ...OPEN, Url: { ...OPEN.Url, Properties } })).status).toBe(403);
  }
});

test('a URL with AWS_IAM takes unsigned requests, for signatures are not checked here', async () => {
  expect((await callUrl({}, { authType: 'AWS_IAM' })).status).toBe(200);
});

test('a URL with AWS_IAM takes no unsigned requests of web pages, which could not sign them', async () => {
  const headers = { origin: 'https://evil.example' };
  for (const permissions of ['on', 'off'] as const) {
    const { status } = await callUrl({}, { authType: 'AWS_IAM', permissions, headers });
    expect(status).toBe(403);
  }
  expect((await callUrl(OPEN, { headers })).status).toBe(200);
});

test('where permissions are off every URL is public', async () => {
  expect((await callUrl({}, { permissions: 'off' })).status).toBe(200);
});

test('fails to start for an AuthType that does not exist, and without one', async () => {
  await expect(callUrl({}, { authType: 'JWT' })).rejects.toThrow('AuthType must be one of AWS_IAM, NONE');
  const url = { Type: 'AWS::Lambda::Url', Properties: { TargetFunctionArn: FUNCTION_NAME } };
  await expect(shopOf({ Role: roleWith([]), Worker: FUNCTION, PublicUrl: url })).rejects.toThrow(
    'AuthType is missing',
  );
});

test('a public URL that CDK makes is public', async () => {
  const app = new App({ outdir: await newFolder() });
  new lambda.Function(new Stack(app, 'Shop'), 'Api', {
    runtime: lambda.Runtime.NODEJS_24_X,
    handler: 'index.handler',
    code: lambda.Code.fromInline('exports.handler = async () => 7;'),
  }).addFunctionUrl({ authType: lambda.FunctionUrlAuthType.NONE });
  const engine = await running({ assembly: app.synth().directory });

  expect(await (await fetch(engine.functionUrls[0]?.url ?? '')).text()).toBe('7');
});
