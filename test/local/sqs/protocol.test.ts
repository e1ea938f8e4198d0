import { SQSServiceException } from '@aws-sdk/client-sqs';
import { describe, expect, test } from 'vitest';
import { VERBS } from '../../../local/sqs/verbs.ts';
import { startSqs } from './sqs-fixture.ts';

const JSON_PROTOCOL = 'application/x-amz-json-1.0';

// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-making-api-requests-json.html
describe('the JSON protocol (sqs-making-api-requests-json)', () => {
  const post = (endpoint: string, target: string, body: string, type = JSON_PROTOCOL) =>
    fetch(endpoint, { method: 'POST', headers: { 'content-type': type, 'x-amz-target': target }, body });

  test('an error carries its shape, its query code, its fault and a request id', async () => {
    const { endpoint } = await startSqs();
    const response = await post(endpoint, 'AmazonSQS.GetQueueUrl', '{"QueueName":"none"}');
    expect(response.status).toBe(400);
    expect(response.headers.get('x-amzn-query-error')).toBe('AWS.SimpleQueueService.NonExistentQueue;Sender');
    expect(response.headers.get('x-amzn-requestid')).toMatch(/^[0-9a-f-]{36}$/);
    expect(await response.json()).toMatchObject({ __type: 'com.amazonaws.sqs#QueueDoesNotExist' });
  });

  test.each([
    ['AmazonSQS.Nope', '{}', 'InvalidAction'],
    ['', '{}', 'InvalidAction'],
    ['AmazonSQS.toString', '{}', 'InvalidAction'],
    ['AmazonSQS.AddPermission', '{}', 'AWS.SimpleQueueService.UnsupportedOperation'],
    ['AmazonSQS.CreateQueue', '{', 'SerializationException'],
    ['AmazonSQS.CreateQueue', '[]', 'SerializationException'],
    ['AmazonSQS.CreateQueue', '{"QueueName":5}', 'SerializationException'],
    ['AmazonSQS.CreateQueue', '{}', 'MissingParameter'],
  ])('target %j with the body %s fails with %s', async (target, body, code) => {
    const { endpoint } = await startSqs();
    const response = await post(endpoint, target, body);
    expect(response.status).toBe(400);
    expect(response.headers.get('x-amzn-query-error')).toBe(`${code};Sender`);
  });

  test('fails with the query protocol, and says what to use', async () => {
    const { endpoint } = await startSqs();
    const response = await post(endpoint, '', 'Action=ListQueues', 'application/x-www-form-urlencoded');
    expect(response.status).toBe(400);
    expect(await response.text()).toContain('<Message>The local SQS speaks the AWS JSON protocol only');
  });

  test('modelled errors are instances of the SDK error class', async () => {
    const { sqs } = await startSqs();
    await expect(sqs.getQueueUrl({ QueueName: 'none' })).rejects.toBeInstanceOf(SQSServiceException);
  });

  test('every action of the SDK is served or refused by name', async () => {
    const refused = Object.entries(VERBS).filter(([, verb]) => verb === 'refused');
    expect(refused.map(([action]) => action)).toEqual(['AddPermission', 'RemovePermission']);
  });
});
