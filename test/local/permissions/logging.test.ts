import { expect, test } from 'vitest';
import { FUNCTION, shopOf } from './function-fixture.ts';

const TALKING = { ZipFile: 'console.log("hello"); exports.handler = async () => {};' };
const LOG_GROUP = { Type: 'AWS::Logs::LogGroup', Properties: { LogGroupName: 'mine' } };

/** The lines of a function with this role and these properties, and what the engine warns of. */
async function startTalking(properties: object, role: object) {
  const lines: string[] = [];
  const warnings: string[] = [];
  await shopOf(
    {
      Role: { Type: 'AWS::IAM::Role', Properties: { RoleName: 'Worker', ...role } },
      LogGroup: LOG_GROUP,
      Worker: { ...FUNCTION, Properties: { ...FUNCTION.Properties, Code: TALKING, ...properties } },
    },
    { onLog: ({ text }) => lines.push(text), onWarning: warning => warnings.push(warning) },
  );
  return { lines, warnings };
}

function mayLogTo(Resource: unknown, Action = ['logs:CreateLogStream', 'logs:PutLogEvents']) {
  const Statement = { Effect: 'Allow', Action, Resource };
  return { Policies: [{ PolicyName: 'Logging', PolicyDocument: { Statement } }] };
}

const OWN_GROUP = 'arn:aws:logs:us-east-1:000000000000:log-group:/aws/lambda/worker:*';
const MINE = { 'Fn::GetAtt': ['LogGroup', 'Arn'] };
const LOGGING_TO_MINE = { LoggingConfig: { LogGroup: { Ref: 'LogGroup' } } };
const BASIC = 'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole';

// https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html
test.each([
  ['its own log group', {}, mayLogTo(OWN_GROUP)],
  ['the log group that it is given', LOGGING_TO_MINE, mayLogTo(MINE)],
  ["any, by AWS's own policy", {}, { ManagedPolicyArns: [BASIC] }],
])('lines are told of a function that may log to %s', async (_, properties, role) => {
  expect(await startTalking(properties, role)).toEqual({ lines: ['hello'], warnings: [] });
});

test.each([
  ['nowhere', {}, {}],
  ['another log group than it is given', LOGGING_TO_MINE, mayLogTo(OWN_GROUP)],
  ['a log group, but may make no stream in it', {}, mayLogTo(OWN_GROUP, ['logs:PutLogEvents'])],
  ['a log group, but may put nothing into it', {}, mayLogTo(OWN_GROUP, ['logs:CreateLogStream'])],
])('lines are dropped of a function that may log to %s, and a warning tells', async (_, properties, role) => {
  expect(await startTalking(properties, role)).toEqual({
    lines: [],
    warnings: [
      expect.stringContaining('permissions of worker: its lines are dropped, as they are in AWS: User:'),
    ],
  });
});

test('a role of which not all is known may log, for all that is known', async () => {
  const { lines } = await startTalking({}, { ManagedPolicyArns: ['arn:aws:iam::aws:policy/Unknown'] });
  expect(lines).toEqual(['hello']);
});
