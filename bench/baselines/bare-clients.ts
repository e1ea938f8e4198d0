import { DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';

/** The two AWS clients that any consumer with a table and a dead-letter queue needs, and nothing else. */
const dynamodb = new DynamoDBClient();
const sqs = new SQSClient();

export const handler = async () => {
  await dynamodb.send(new UpdateItemCommand({ TableName: 'table', Key: { id: { S: 'id' } } }));
  await sqs.send(new SendMessageCommand({ QueueUrl: 'queue', MessageBody: 'message' }));
};
