import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { onTestFinished } from 'vitest';
import type { Clock as ContractClock } from '../../contract/clock.ts';
import { RUN_TABLE } from '../../contract/run-item.ts';
import type { Clock } from '../../local/clock.ts';
import { createDynamoDbService } from '../../local/dynamodb/dynamodb-service.ts';
import { openFrontDoor } from '../../local/front-door/front-door.ts';
import { createS3Service } from '../../local/s3/s3-service.ts';
import { createSqsService } from '../../local/sqs/sqs-service.ts';

export const TABLE = 'runs';
export const PAYLOADS = 'payloads';
export const VISIBILITY_TIMEOUT_SECONDS = 200;

/** A queue, its dead-letter queue and a run table in the local SQS and DynamoDB, until the test has finished. */
export async function startLocalAws(clock: Clock & ContractClock, fifo: boolean, retentionSeconds: number) {
  const door = await openFrontDoor({ port: 0 });
  const location = { region: 'eu-west-1', accountId: '123456789012', endpoint: door.endpoint };
  const sqs = createSqsService({ clock, location });
  const dynamodb = createDynamoDbService({ clock, location });
  const s3 = await createS3Service({ clock, region: location.region });
  door.add(sqs);
  door.add(dynamodb);
  door.add(s3);
  s3.createBucket(PAYLOADS);
  await dynamodb.createTable(runTable());
  await dynamodb.enableTimeToLive(TABLE, RUN_TABLE.timeToLiveAttribute);

  const clients: { destroy(): void }[] = [];
  onTestFinished(async () => {
    for (const client of clients) client.destroy();
    await sqs.stop();
    await dynamodb.stop();
    await s3.stop();
    await door.stop();
  });
  const createQueue = (name: string) =>
    sqs.createQueue(fifo ? `${name}.fifo` : name, {
      VisibilityTimeout: String(VISIBILITY_TIMEOUT_SECONDS),
      MessageRetentionPeriod: String(retentionSeconds),
      ...(fifo && { FifoQueue: 'true' }),
    });

  return {
    queue: createQueue('tasks'),
    deadLetterQueue: createQueue('tasks-dead'),
    connect() {
      const connection = {
        endpoint: door.endpoint,
        region: location.region,
        credentials: { accessKeyId: 'AKIATEST', secretAccessKey: 'secret' },
      };
      const connected = {
        sqs: new SQSClient(connection),
        dynamodb: new DynamoDBClient(connection),
        s3: new S3Client(connection),
      };
      clients.push(...Object.values(connected));
      return connected;
    },
  };
}

function runTable() {
  const { partitionKey, listIndex, deadLetterIndex } = RUN_TABLE;
  const indexes = [listIndex, deadLetterIndex];
  return {
    TableName: TABLE,
    BillingMode: 'PAY_PER_REQUEST' as const,
    KeySchema: [{ AttributeName: partitionKey, KeyType: 'HASH' as const }],
    AttributeDefinitions: [
      { AttributeName: partitionKey, AttributeType: 'S' as const },
      ...indexes.flatMap(index => [
        { AttributeName: index.partitionKey, AttributeType: 'S' as const },
        { AttributeName: index.sortKey, AttributeType: 'N' as const },
      ]),
    ],
    GlobalSecondaryIndexes: indexes.map(index => ({
      IndexName: index.name,
      KeySchema: [
        { AttributeName: index.partitionKey, KeyType: 'HASH' as const },
        { AttributeName: index.sortKey, KeyType: 'RANGE' as const },
      ],
      Projection: { ProjectionType: 'KEYS_ONLY' as const },
    })),
  };
}
