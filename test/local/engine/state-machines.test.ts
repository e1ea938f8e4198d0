import {
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  SendTaskSuccessCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { expect, test } from 'vitest';
import type { Engine } from '../../../local/engine.ts';
import { running, runningShop } from './running.ts';
import { newFolder, writeAssembly } from './written-assembly.ts';

/** As `DefinitionSubstitutions` fills it. */
const substitution = (name: string) => `\${${name}}`;

const MACHINE = {
  QueryLanguage: 'JSONata',
  StartAt: 'Work',
  States: {
    Work: {
      Type: 'Task',
      Resource: 'arn:aws:states:::lambda:invoke',
      Arguments: { FunctionName: substitution('Function'), Payload: '{% $states.input %}' },
      Output: '{% $states.result.Payload %}',
      Next: 'Tell',
    },
    Tell: {
      Type: 'Task',
      Resource: 'arn:aws:states:::sqs:sendMessage.waitForTaskToken',
      Arguments: {
        QueueUrl: substitution('Queue'),
        MessageBody: { token: '{% $states.context.Task.Token %}', n: '{% $states.input.n %}' },
      },
      End: true,
    },
  },
};

const allow = (Action: string, logicalId: string) => ({
  Effect: 'Allow',
  Action,
  Resource: { 'Fn::GetAtt': [logicalId, 'Arn'] },
});

/** A function, a queue, and a machine that calls the one and sends to the other. */
function template(statements: readonly object[]) {
  const role = (service: string) => ({
    AssumeRolePolicyDocument: {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }],
    },
  });
  return {
    Resources: {
      FunctionRole: { Type: 'AWS::IAM::Role', Properties: role('lambda.amazonaws.com') },
      Function: {
        Type: 'AWS::Lambda::Function',
        Properties: {
          Code: { ZipFile: 'exports.handler = async ({ n }) => ({ n: n + 1 });' },
          Handler: 'index.handler',
          Runtime: 'nodejs24.x',
          Role: { 'Fn::GetAtt': ['FunctionRole', 'Arn'] },
        },
      },
      Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'told' } },
      Role: {
        Type: 'AWS::IAM::Role',
        Properties: {
          ...role('states.amazonaws.com'),
          Policies: [
            { PolicyName: 'work', PolicyDocument: { Version: '2012-10-17', Statement: [...statements] } },
          ],
        },
      },
      Machine: {
        Type: 'AWS::StepFunctions::StateMachine',
        Properties: {
          RoleArn: { 'Fn::GetAtt': ['Role', 'Arn'] },
          DefinitionString: JSON.stringify(MACHINE),
          DefinitionSubstitutions: {
            Function: { 'Fn::GetAtt': ['Function', 'Arn'] },
            Queue: { Ref: 'Queue' },
          },
        },
      },
    },
    Outputs: { machine: { Value: { Ref: 'Machine' } } },
  };
}

const GRANTED = [allow('lambda:InvokeFunction', 'Function'), allow('sqs:SendMessage', 'Queue')];

const start = (engine: Engine) =>
  new SFNClient(engine.clientConfig).send(
    new StartExecutionCommand({
      stateMachineArn: engine.outputs.Shop?.machine,
      name: 'one',
      input: '{"n":1}',
    }),
  );

const describe = (engine: Engine, executionArn: string | undefined) =>
  new SFNClient(engine.clientConfig).send(new DescribeExecutionCommand({ executionArn }));

async function told(engine: Engine): Promise<{ token: string; n: number }> {
  const { Messages } = await new SQSClient(engine.clientConfig).send(
    new ReceiveMessageCommand({ QueueUrl: engine.queues[0]?.url, WaitTimeSeconds: 20 }),
  );
  return JSON.parse(Messages?.[0]?.Body ?? '');
}

// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-stepfunctions-statemachine.html
test('a state machine of a template calls real functions and queues, as its role allows', async () => {
  const engine = await runningShop(template(GRANTED), { permissions: 'on' });
  expect(engine.stateMachines).toMatchObject([{ kind: 'stateMachine', logicalId: 'Machine' }]);
  const { executionArn } = await start(engine);
  const { token, n } = await told(engine);
  expect(n).toBe(2);
  await new SFNClient(engine.clientConfig).send(
    new SendTaskSuccessCommand({ taskToken: token, output: '"thanks"' }),
  );
  await expect.poll(async () => (await describe(engine, executionArn)).output).toBe('"thanks"');
});

test.each([
  ['lambda:InvokeFunction', GRANTED.slice(1)],
  ['sqs:sendmessage', GRANTED.slice(0, 1)],
])('without %s its task fails', async (action, statements) => {
  const engine = await runningShop(template(statements), { permissions: 'on' });
  const { executionArn } = await start(engine);
  await expect.poll(async () => (await describe(engine, executionArn)).status).toBe('FAILED');
  const { cause } = await describe(engine, executionArn);
  expect(cause).toMatch(/^User: arn:aws:sts::000000000000:assumed-role\//);
  expect(cause).toContain(`is not authorized to perform: ${action} on resource`);
});

test('fails to start with a definition that the engine does not run, naming the state', async () => {
  const machine = { ...MACHINE, QueryLanguage: 'JSONPath' };
  const wrong = template(GRANTED);
  wrong.Resources.Machine.Properties.DefinitionString = JSON.stringify(machine);
  await expect(runningShop(wrong)).rejects.toThrow(
    'Shop/Machine (AWS::StepFunctions::StateMachine): state Work has the query language JSONPath',
  );
});

test('executions outlive the engine in its data folder, and go on with the tokens that were given out', async () => {
  // GIVEN
  const data = await newFolder();
  const assembly = await writeAssembly({ Shop: { template: template(GRANTED) } });
  const before = await running({ assembly, data });
  const { executionArn } = await start(before);
  const { token } = await told(before);
  await before.stop();
  // WHEN
  const after = await running({ assembly, data });
  const sfn = new SFNClient(after.clientConfig);
  expect((await describe(after, executionArn)).status).toBe('RUNNING');
  await sfn.send(new SendTaskSuccessCommand({ taskToken: token, output: '"late"' }));
  // THEN
  await expect.poll(async () => (await describe(after, executionArn)).output).toBe('"late"');
  const { events } = await sfn.send(new GetExecutionHistoryCommand({ executionArn }));
  expect(events?.filter(({ type }) => type === 'TaskSubmitted')).toHaveLength(1);
});
