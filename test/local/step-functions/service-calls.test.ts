import { expect, test } from 'vitest';
import { createDynamoDbService } from '../../../local/dynamodb/dynamodb-service.ts';
import { createS3Service } from '../../../local/s3/s3-service.ts';
import { createSqsService } from '../../../local/sqs/sqs-service.ts';
import { startStepFunctions } from './start-step-functions.ts';

// https://docs.aws.amazon.com/step-functions/latest/dg/supported-services-awssdk.html

const region = 'eu-west-1';
const accountId = '000000000000';
const call = (resource: string, Arguments: unknown, state: object = {}) => ({
  StartAt: 'A',
  States: { A: { Type: 'Task', Resource: `arn:aws:states:::${resource}`, Arguments, End: true, ...state } },
});

async function untilEnded(fixture: Awaited<ReturnType<typeof startStepFunctions>>, definition: object) {
  const arn = await fixture.start(definition);
  await expect.poll(async () => (await fixture.describe(arn)).status).not.toBe('RUNNING');
  const { status, output = 'null', error, cause } = await fixture.describe(arn);
  return { status, output: JSON.parse(output), error, cause };
}

async function withSqs() {
  let sqs: ReturnType<typeof createSqsService> | undefined;
  const fixture = await startStepFunctions(
    {},
    {
      others: (clock, endpoint) => {
        sqs = createSqsService({ clock, location: { region, accountId, endpoint } });
        return [sqs];
      },
    },
  );
  const queue = sqs?.createQueue('work', {});
  if (!queue) throw new Error('the queue was not created');
  return { ...fixture, queue };
}

test('sqs:sendMessage sends a body of any JSON', async () => {
  const fixture = await withSqs();
  const { output } = await untilEnded(
    fixture,
    call('sqs:sendMessage', { QueueUrl: fixture.queue.url, MessageBody: { task: 'x', n: '{% 1 + 1 %}' } }),
  );
  expect(output).toMatchObject({ MessageId: expect.any(String), MD5OfMessageBody: expect.any(String) });
  expect(fixture.queue.receive(10).map(({ body }) => body)).toEqual(['{"task":"x","n":2}']);
});

test("aws-sdk:sqs calls any action, and names the service's errors", async () => {
  const fixture = await withSqs();
  const QueueUrl = `${fixture.queue.url}-none`;
  const { error } = await untilEnded(fixture, call('aws-sdk:sqs:getQueueAttributes', { QueueUrl }));
  expect(error).toBe('Sqs.QueueDoesNotExistException');
});

test('aws-sdk:dynamodb fails as a condition does', async () => {
  let dynamodb: ReturnType<typeof createDynamoDbService> | undefined;
  const fixture = await startStepFunctions(
    {},
    {
      others: (clock, endpoint) => {
        dynamodb = createDynamoDbService({ clock, location: { region, accountId, endpoint } });
        return [dynamodb];
      },
    },
  );
  await dynamodb?.createTable({
    TableName: 'runs',
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
  });
  const put = (resource: string) =>
    untilEnded(
      fixture,
      call(resource, {
        TableName: 'runs',
        Item: { id: { S: '{% "a" & "b" %}' } },
        ConditionExpression: 'attribute_not_exists(id)',
      }),
    );
  expect((await put('dynamodb:putItem')).status).toBe('SUCCEEDED');
  expect((await put('aws-sdk:dynamodb:putItem')).error).toBe('DynamoDb.ConditionalCheckFailedException');
  expect((await put('dynamodb:putItem')).error).toBe('DynamoDB.ConditionalCheckFailedException');
  const { output } = await untilEnded(
    fixture,
    call(
      'aws-sdk:dynamodb:getItem',
      { TableName: 'runs', Key: { id: { S: 'ab' } } },
      { Output: '{% $states.result.Item.id.S %}' },
    ),
  );
  expect(output).toBe('ab');
});

test('aws-sdk:s3 passes on an object as text', async () => {
  const { clock } = await startStepFunctions();
  const s3 = await createS3Service({ clock, region });
  const fixture = await startStepFunctions({}, { others: () => [s3] });
  s3.createBucket('files');
  await untilEnded(fixture, call('aws-sdk:s3:putObject', { Bucket: 'files', Key: 'a', Body: 'hello' }));
  const got = await untilEnded(fixture, call('aws-sdk:s3:getObject', { Bucket: 'files', Key: 'a' }));
  expect(got.output).toMatchObject({ Body: 'hello', ContentLength: 5 });
  const missing = await untilEnded(fixture, call('aws-sdk:s3:getObject', { Bucket: 'files', Key: 'b' }));
  expect(missing.error).toBe('S3.NoSuchKeyException');
});

test('aws-sdk:sfn has its fields with a capital', async () => {
  const fixture = await startStepFunctions();
  const ended = await untilEnded(fixture, { StartAt: 'A', States: { A: { Type: 'Succeed' } } });
  expect(ended.status).toBe('SUCCEEDED');
  const StateMachineArn = fixture.service.executions()[0]?.record.stateMachineArn;
  const { output } = await untilEnded(
    fixture,
    call('aws-sdk:sfn:startExecution', { StateMachineArn, Name: 'child', Input: '{}' }),
  );
  expect(output).toMatchObject({ ExecutionArn: expect.stringContaining(':machine-1:child') });
});

test('sns:publish publishes a message of any JSON', async () => {
  const fixture = await startStepFunctions();
  const { output } = await untilEnded(
    fixture,
    call('sns:publish', {
      TopicArn: 'arn:aws:sns:eu-west-1:000000000000:ops',
      Message: { n: 1 },
      Subject: 'Look',
    }),
  );
  expect(output).toEqual({ MessageId: 'message-1' });
  expect(fixture.published).toEqual([
    { topicArn: 'arn:aws:sns:eu-west-1:000000000000:ops', message: { message: '{"n":1}', subject: 'Look' } },
  ]);
});
