import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import {
  DeleteMessageBatchCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import { expect, test } from 'vitest';
import { startFaultyShop } from './fault-fixture.ts';

const put = (id: string) => new PutItemCommand({ TableName: 'Runs', Item: { id: { S: id } } });
const get = (id: string) => new GetItemCommand({ TableName: 'Runs', Key: { id: { S: id } } });

test.each([
  ['throttle', 'ThrottlingException', 'RequestThrottled'],
  ['serverError', 'InternalServerError', 'InternalFailure'],
] as const)('%s refuses a request, which is not carried out and which the SDK repeats', async (kind, ofDynamoDb, ofSqs) => {
  const { faults, dynamodb, impatient, other } = await startFaultyShop();
  const put1 = faults.add({ service: 'dynamodb', action: 'PutItem', kind, times: 1 });
  const send = faults.add({ service: 'sqs', action: 'SendMessage', kind, times: 1 });

  await expect(impatient.dynamodb.send(put('a'))).rejects.toMatchObject({ name: ofDynamoDb });
  await expect(
    impatient.sqs.send(new SendMessageCommand({ QueueUrl: other.url, MessageBody: 'a' })),
  ).rejects.toMatchObject({ name: ofSqs });

  expect([put1.count, send.count]).toEqual([1, 1]);
  expect((await dynamodb.send(get('a'))).Item).toBeUndefined();
  const again = faults.add({ service: 'dynamodb', kind, times: 1 });
  await dynamodb.send(put('b'));
  expect(again.count).toBe(1);
  expect((await dynamodb.send(get('b'))).Item).toEqual({ id: { S: 'b' } });
});

test('a lost answer closes the connection after the request was carried out', async () => {
  const { faults, impatient } = await startFaultyShop();
  faults.add({ service: 'dynamodb', action: 'PutItem', kind: 'lostAnswer' });

  await expect(impatient.dynamodb.send(put('a'))).rejects.toMatchObject({ code: 'ECONNRESET' });

  expect((await impatient.dynamodb.send(get('a'))).Item).toEqual({ id: { S: 'a' } });
});

test('a message whose answer was lost is sent twice by the SDK', async () => {
  const { faults, sqs, other } = await startFaultyShop();
  faults.add({ service: 'sqs', action: 'SendMessage', resource: other.arn, kind: 'lostAnswer', times: 1 });

  await sqs.send(new SendMessageCommand({ QueueUrl: other.url, MessageBody: 'a' }));

  const receive = new ReceiveMessageCommand({ QueueUrl: other.url, MaxNumberOfMessages: 10 });
  expect((await sqs.send(receive)).Messages?.map(({ Body }) => Body)).toEqual(['a', 'a']);
});

test('latency lets the request be carried out later', async () => {
  const { faults, dynamodb } = await startFaultyShop();
  faults.add({ service: 'dynamodb', action: 'PutItem', kind: 'latency', latencyMs: 300 });

  const begin = performance.now();
  await dynamodb.send(put('a'));

  expect(performance.now() - begin).toBeGreaterThan(290);
  expect((await dynamodb.send(get('a'))).Item).toBeDefined();
});

test('a partial failure carries out the other entries of a batch', async () => {
  const { faults, sqs, other } = await startFaultyShop();
  faults.add({ service: 'sqs', action: 'SendMessageBatch', kind: 'partialFailure', times: 1 });
  const Entries = ['a', 'b', 'c', 'd'].map(id => ({ Id: id, MessageBody: id }));

  const sent = await sqs.send(new SendMessageBatchCommand({ QueueUrl: other.url, Entries }));

  const failed = sent.Failed?.map(({ Id }) => Id) ?? [];
  const taken = sent.Successful?.map(({ Id }) => Id) ?? [];
  expect(failed).not.toEqual([]);
  expect([...failed, ...taken].sort()).toEqual(['a', 'b', 'c', 'd']);
  expect(sent.Failed?.[0]).toMatchObject({ SenderFault: false, Code: 'InternalError' });
  const receive = new ReceiveMessageCommand({ QueueUrl: other.url, MaxNumberOfMessages: 10 });
  const { Messages = [] } = await sqs.send(receive);
  expect(Messages.map(({ Body }) => Body).sort()).toEqual([...taken].sort());
});

test('a batch of one entry fails as a whole in part', async () => {
  const { faults, sqs, other } = await startFaultyShop();
  faults.add({ service: 'sqs', action: 'DeleteMessageBatch', kind: 'partialFailure' });
  await sqs.send(new SendMessageCommand({ QueueUrl: other.url, MessageBody: 'a' }));
  const { Messages: [message] = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl: other.url }));

  const Entries = [{ Id: 'a', ReceiptHandle: message?.ReceiptHandle }];
  const deleted = await sqs.send(new DeleteMessageBatchCommand({ QueueUrl: other.url, Entries }));

  expect(deleted.Failed).toMatchObject([{ Id: 'a' }]);
});
