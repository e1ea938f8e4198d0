import {
  CloudFormationClient,
  CreateStackCommand,
  DescribeStacksCommand,
  ListStackResourcesCommand,
} from '@aws-sdk/client-cloudformation';
import { GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { expect, test } from 'vitest';
import { runningShop } from '../engine/running.ts';

const TEMPLATE = {
  Resources: {
    Queue: { Type: 'AWS::SQS::Queue' },
    Fn: {
      Type: 'AWS::Lambda::Function',
      Properties: {
        Code: { ZipFile: 'exports.handler = async () => {}' },
        Handler: 'index.handler',
        Runtime: 'nodejs24.x',
        Timeout: 7,
        Environment: { Variables: { QUEUE: { Ref: 'Queue' } } },
      },
    },
  },
  Outputs: { QueueUrl: { Value: { Ref: 'Queue' } } },
};

/** Clients of an engine that runs the stack. */
async function started() {
  const { clientConfig, queues, functions } = await runningShop(TEMPLATE);
  const [queue] = queues;
  const [fn] = functions;
  return {
    queueUrl: queue?.url,
    functionName: fn?.name,
    cloudFormation: new CloudFormationClient({ ...clientConfig, maxAttempts: 1 }),
    lambda: new LambdaClient({ ...clientConfig, maxAttempts: 1 }),
  };
}

// https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStacks.html
test('a stack tells its outputs, by name, by ARN and among all', async () => {
  const { cloudFormation, queueUrl } = await started();

  const { Stacks: [stack] = [] } = await cloudFormation.send(
    new DescribeStacksCommand({ StackName: 'Shop' }),
  );

  expect(stack).toMatchObject({
    StackName: 'Shop',
    StackStatus: 'CREATE_COMPLETE',
    CreationTime: expect.any(Date),
    Outputs: [{ OutputKey: 'QueueUrl', OutputValue: queueUrl }],
  });
  for (const input of [{ StackName: stack?.StackId }, {}]) {
    expect((await cloudFormation.send(new DescribeStacksCommand(input))).Stacks).toEqual([stack]);
  }
});

// https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ListStackResources.html
test('a stack lists its resources with their types and physical ids', async () => {
  const { cloudFormation, queueUrl, functionName } = await started();

  const { StackResourceSummaries } = await cloudFormation.send(
    new ListStackResourcesCommand({ StackName: 'Shop' }),
  );

  const status = { ResourceStatus: 'CREATE_COMPLETE' };
  expect(StackResourceSummaries).toMatchObject([
    { LogicalResourceId: 'Queue', PhysicalResourceId: queueUrl, ResourceType: 'AWS::SQS::Queue', ...status },
    {
      LogicalResourceId: 'Fn',
      PhysicalResourceId: functionName,
      ResourceType: 'AWS::Lambda::Function',
      ...status,
    },
  ]);
});

test('refuses a stack that is not there, and what it cannot do, by name', async () => {
  const { cloudFormation } = await started();

  await expect(
    cloudFormation.send(new ListStackResourcesCommand({ StackName: 'Other' })),
  ).rejects.toMatchObject({
    name: 'ValidationError',
    message: 'Stack with id Other does not exist',
  });
  await expect(
    cloudFormation.send(new CreateStackCommand({ StackName: 'New', TemplateBody: '{}' })),
  ).rejects.toThrow('CreateStack is not supported by the local engine');
});

// https://docs.aws.amazon.com/lambda/latest/api/API_GetFunctionConfiguration.html
test('a function tells its configuration and environment', async () => {
  const { lambda, functionName: FunctionName, queueUrl } = await started();

  expect(await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }))).toMatchObject({
    FunctionName,
    Handler: 'index.handler',
    Runtime: 'nodejs24.x',
    Timeout: 7,
    Environment: { Variables: { QUEUE: queueUrl } },
  });
  await expect(
    lambda.send(new GetFunctionConfigurationCommand({ FunctionName: 'other' })),
  ).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
});
