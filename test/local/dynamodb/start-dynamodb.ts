import { type CreateTableCommandInput, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createDynamoDbService } from '../../../local/dynamodb/dynamodb-service.ts';
import { openFrontDoor } from '../../../local/front-door/front-door.ts';
import { createFakeClock } from '../fake-clock.ts';

/** The service behind a front door of its own, with a client and a clock that stands still. */
export async function startDynamoDb() {
  const clock = createFakeClock();
  const door = await openFrontDoor({ port: 0 });
  const location = { region: 'eu-west-1', accountId: '111122223333', endpoint: door.endpoint };
  const service = createDynamoDbService({ clock, location });
  door.add(service);
  const client = new DynamoDBClient({
    endpoint: door.endpoint,
    region: location.region,
    credentials: { accessKeyId: 'AKID', secretAccessKey: 'secret' },
    maxAttempts: 1,
  });
  return {
    clock,
    client,
    service,
    endpoint: door.endpoint,
    async stop() {
      client.destroy();
      await door.stop();
      await service.stop();
    },
  };
}

export type StartedDynamoDb = Awaited<ReturnType<typeof startDynamoDb>>;

export function tableInput(name: string): CreateTableCommandInput {
  return {
    TableName: name,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
  };
}
