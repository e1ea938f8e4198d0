import type { DynaliteStore, Input } from './dynalite-store.ts';
import { validationError } from './dynamodb-error.ts';
import type { AttributeValue, Item } from './item-size.ts';

export interface TableDescription {
  readonly arn: string;
  readonly status: string;
  /** Partition key first. */
  readonly keyNames: readonly string[];
}

export function tableNameOf(input: Input): string {
  if (typeof input.TableName === 'string') return input.TableName;
  throw validationError("The parameter 'TableName' is required but was not present in the request");
}

/** @throws {DynamoDbError} ResourceNotFoundException */
export async function describeTable(store: DynaliteStore, tableName: string): Promise<TableDescription> {
  const { Table } = await store.run('DescribeTable', { TableName: tableName });
  const table = Table as { TableArn: string; TableStatus: string; KeySchema: { AttributeName: string }[] };
  return {
    arn: table.TableArn,
    status: table.TableStatus,
    keyNames: table.KeySchema.map(key => key.AttributeName),
  };
}

export async function* allItems(store: DynaliteStore, tableName: string): AsyncGenerator<Item> {
  let startKey: unknown;
  do {
    const page = await store.run('Scan', {
      TableName: tableName,
      ...(startKey ? { ExclusiveStartKey: startKey } : {}),
    });
    yield* page.Items as Record<string, AttributeValue>[];
    startKey = page.LastEvaluatedKey;
  } while (startKey);
}
