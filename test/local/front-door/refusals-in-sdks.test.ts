import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { HeadBucketCommand, ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import { ListTopicsCommand, SNSClient } from '@aws-sdk/client-sns';
import { ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type FrontDoor, openFrontDoor } from '../../../local/front-door/front-door.ts';

let door: FrontDoor;
beforeEach(async () => {
  door = await openFrontDoor({ port: 0 });
});
afterEach(() => door.stop());

const config = () => ({
  endpoint: door.endpoint,
  region: 'eu-west-1',
  credentials: { accessKeyId: 'AKID', secretAccessKey: 'secret' },
  maxAttempts: 1,
});

const calls = {
  dynamodb: () => new DynamoDBClient(config()).send(new ListTablesCommand({})),
  sqs: () => new SQSClient(config()).send(new ListQueuesCommand({})),
  sns: () => new SNSClient(config()).send(new ListTopicsCommand({})),
  s3: () => new S3Client(config()).send(new ListBucketsCommand({})),
};

// https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
it.each(
  Object.keys(calls) as (keyof typeof calls)[],
)("the %s client understands a refusal of the front door's own", async service => {
  await expect(calls[service]()).rejects.toMatchObject({
    name: 'AccessDeniedException',
    message: `The local engine has no service "${service}"; it has: none yet`,
    $metadata: { httpStatusCode: 403 },
  });
});

it('an answer to a HEAD has no body', async () => {
  const head = new S3Client(config()).send(new HeadBucketCommand({ Bucket: 'photos' }));
  await expect(head).rejects.toMatchObject({ $metadata: { httpStatusCode: 403 } });
});
