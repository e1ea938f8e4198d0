import { expect, test } from 'vitest';
import { authorizeRequest as authorizeDynamoDb } from '../../../local/dynamodb/authorize-request.ts';
import { authorizeRequest as authorizeS3, type S3Request } from '../../../local/s3/authorize-request.ts';
import { authorizeRequest as authorizeSns } from '../../../local/sns/authorize-request.ts';
import { authorizeRequest as authorizeSqs } from '../../../local/sqs/authorize-request.ts';
import { SqsStore } from '../../../local/sqs/sqs-store.ts';
import { createFakeClock } from '../fake-clock.ts';

const PLACE = { region: 'us-east-1', accountId: '000000000000' };

/** What is asked for, a line each. */
function asked(request: (authorize: (action: string, resource: string) => void) => void): string[] {
  const lines: string[] = [];
  request((action, resource) => lines.push(`${action} ${resource}`));
  return lines;
}

const SQS = 'arn:aws:sqs:us-east-1:000000000000:';

// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsqs.html
test.each<[action: string, input: Record<string, unknown>, expected: string[]]>([
  ['SendMessage', { QueueUrl: 'http://127.0.0.1:1/000000000000/jobs' }, [`sqs:sendmessage ${SQS}jobs`]],
  ['SendMessageBatch', { QueueUrl: '/000000000000/jobs' }, [`sqs:sendmessage ${SQS}jobs`]],
  ['DeleteMessageBatch', { QueueUrl: '/000000000000/jobs' }, [`sqs:deletemessage ${SQS}jobs`]],
  [
    'ChangeMessageVisibilityBatch',
    { QueueUrl: '/000000000000/jobs' },
    [`sqs:changemessagevisibility ${SQS}jobs`],
  ],
  // That there is no such queue is told to everybody.
  ['SendMessage', { QueueUrl: '/000000000000/missing' }, []],
  ['GetQueueUrl', { QueueName: 'jobs' }, [`sqs:getqueueurl ${SQS}jobs`]],
  ['CreateQueue', { QueueName: 'new' }, [`sqs:createqueue ${SQS}new`]],
  ['ListQueues', {}, [`sqs:listqueues ${SQS}`]],
  ['ListMessageMoveTasks', { SourceArn: `${SQS}dead` }, [`sqs:listmessagemovetasks ${SQS}dead`]],
  [
    'StartMessageMoveTask',
    { SourceArn: `${SQS}dead` },
    [
      `sqs:startmessagemovetask ${SQS}dead`,
      `sqs:receivemessage ${SQS}dead`,
      `sqs:deletemessage ${SQS}dead`,
      `sqs:getqueueattributes ${SQS}dead`,
      `sqs:sendmessage ${SQS}jobs`,
    ],
  ],
  ['CancelMessageMoveTask', { TaskHandle: 'missing' }, []],
])('SQS: %s of %j', (action, input, expected) => {
  const store = new SqsStore({
    clock: createFakeClock(),
    location: { ...PLACE, endpoint: 'http://127.0.0.1:1' },
  });
  store.create('dead', {});
  store.create('jobs', {
    RedrivePolicy: JSON.stringify({ deadLetterTargetArn: `${SQS}dead`, maxReceiveCount: 3 }),
  });
  expect(asked(authorize => authorizeSqs(authorize, action, input, store))).toEqual(expected);
});

const TABLE = 'arn:aws:dynamodb:us-east-1:000000000000:table';

// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html
test.each<[operation: string, input: Record<string, unknown>, expected: string[]]>([
  ['UpdateItem', { TableName: 'runs' }, [`dynamodb:UpdateItem ${TABLE}/runs`]],
  ['UpdateItem', { TableName: `${TABLE}/runs` }, [`dynamodb:UpdateItem ${TABLE}/runs`]],
  ['Query', { TableName: 'runs' }, [`dynamodb:Query ${TABLE}/runs`]],
  ['Query', { TableName: 'runs', IndexName: 'by-day' }, [`dynamodb:Query ${TABLE}/runs/index/by-day`]],
  ['Scan', { TableName: 'runs', IndexName: 'by-day' }, [`dynamodb:Scan ${TABLE}/runs/index/by-day`]],
  [
    'BatchWriteItem',
    { RequestItems: { runs: [], users: [] } },
    [`dynamodb:BatchWriteItem ${TABLE}/runs`, `dynamodb:BatchWriteItem ${TABLE}/users`],
  ],
  ['BatchGetItem', { RequestItems: { runs: {} } }, [`dynamodb:BatchGetItem ${TABLE}/runs`]],
  ['ListTables', {}, [`dynamodb:ListTables ${TABLE}/*`]],
  ['TagResource', { ResourceArn: `${TABLE}/runs` }, [`dynamodb:TagResource ${TABLE}/runs`]],
  ['GetItem', {}, []],
])('DynamoDB: %s of %j', (operation, input, expected) => {
  expect(asked(authorize => authorizeDynamoDb(authorize, operation, input, PLACE))).toEqual(expected);
});

const S3 = 'arn:aws:s3:::';

// https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
test.each<[request: string, options: Partial<S3Request>, expected: string[]]>([
  ['GET /', {}, [`s3:ListAllMyBuckets ${S3}*`]],
  ['GET /b', {}, [`s3:ListBucket ${S3}b`]],
  ['HEAD /b', {}, [`s3:ListBucket ${S3}b`]],
  ['PUT /b', {}, [`s3:CreateBucket ${S3}b`]],
  ['DELETE /b', {}, [`s3:DeleteBucket ${S3}b`]],
  ['GET /b?location', {}, [`s3:GetBucketLocation ${S3}b`]],
  ['GET /b?uploads', {}, [`s3:ListBucketMultipartUploads ${S3}b`]],
  ['GET /b?lifecycle', {}, [`s3:GetLifecycleConfiguration ${S3}b`]],
  ['PUT /b?lifecycle', {}, [`s3:PutLifecycleConfiguration ${S3}b`]],
  [
    'POST /b?delete',
    {
      body: Buffer.from(
        '<Delete><Object><Key>a&amp;b</Key></Object><Object><Key>&#x41;</Key></Object></Delete>',
      ),
    },
    [`s3:DeleteObject ${S3}b/a&b`, `s3:DeleteObject ${S3}b/A`],
  ],
  ['GET /b/k', {}, [`s3:GetObject ${S3}b/k`]],
  ['HEAD /b/k', {}, [`s3:GetObject ${S3}b/k`]],
  ['GET /b/k?attributes', {}, [`s3:GetObject ${S3}b/k`, `s3:GetObjectAttributes ${S3}b/k`]],
  ['GET /b/k?uploadId=1', {}, [`s3:ListMultipartUploadParts ${S3}b/k`]],
  ['PUT /b/k', {}, [`s3:PutObject ${S3}b/k`]],
  ['PUT /b/k?partNumber=1&uploadId=1', {}, [`s3:PutObject ${S3}b/k`]],
  ['POST /b/k?uploads', {}, [`s3:PutObject ${S3}b/k`]],
  ['POST /b/k?uploadId=1', {}, [`s3:PutObject ${S3}b/k`]],
  ['DELETE /b/k', {}, [`s3:DeleteObject ${S3}b/k`]],
  ['DELETE /b/k?uploadId=1', {}, [`s3:AbortMultipartUpload ${S3}b/k`]],
  [
    'PUT /b/k',
    { headers: { 'x-amz-copy-source': '/other/a%20b?versionId=1' } },
    [`s3:GetObject ${S3}other/a b`, `s3:PutObject ${S3}b/k`],
  ],
])('S3: %s with %j', (request, options, expected) => {
  const [method = '', url = ''] = request.split(' ');
  const [path = '', query] = url.split('?');
  const [, bucket = '', key = ''] = path.split('/');
  const parsed = {
    method,
    bucket,
    key,
    query: new URLSearchParams(query),
    headers: {},
    body: Buffer.alloc(0),
  };
  expect(asked(authorize => authorizeS3(authorize, { ...parsed, ...options }))).toEqual(expected);
});

const SNS = 'arn:aws:sns:us-east-1:000000000000:';

test.each<[form: string, expected: string]>([
  [`Action=Publish&TopicArn=${SNS}news`, `SNS:Publish ${SNS}news`],
  [`Action=Publish&TargetArn=${SNS}news`, `SNS:Publish ${SNS}news`],
  [`Action=Unsubscribe&SubscriptionArn=${SNS}news:5f0c`, `SNS:Unsubscribe ${SNS}news`],
  ['Action=CreateTopic&Name=news', `SNS:CreateTopic ${SNS}news`],
  ['Action=ListTopics', `SNS:ListTopics ${SNS}*`],
])('SNS: %s', (form, expected) => {
  expect(asked(authorize => authorizeSns(authorize, new URLSearchParams(form), PLACE))).toEqual([expected]);
});
