import {
  type AttributeValue,
  BatchWriteItemCommand,
  DynamoDBClient,
  PutItemCommand,
  paginateQuery,
} from '@aws-sdk/client-dynamodb';

/** Most items of a BatchWriteItem. */
const BATCH = 25;

export interface DayCount {
  readonly day: string;
  readonly visits: number;
}

/** The table: a partition of visits for each day, and one of what each day came to. */
export function createVisits(table: string, dynamodb = new DynamoDBClient({})) {
  const partition = (name: string, between?: readonly [string, string]) =>
    paginateQuery(
      { client: dynamodb },
      {
        TableName: table,
        KeyConditionExpression: between ? 'pk = :pk AND sk BETWEEN :from AND :to' : 'pk = :pk',
        ExpressionAttributeValues: {
          ':pk': { S: name },
          ...(between && { ':from': { S: between[0] }, ':to': { S: between[1] } }),
        },
      },
    );

  return {
    async count(day: string): Promise<number> {
      let visits = 0;
      for await (const { Count = 0 } of partition(`visits ${day}`)) visits += Count;
      return visits;
    },

    /** Says the same however often it is said. */
    async keepCount({ day, visits }: DayCount): Promise<void> {
      const Item = { pk: { S: 'counts' }, sk: { S: day }, visits: { N: String(visits) } };
      await dynamodb.send(new PutItemCommand({ TableName: table, Item }));
    },

    async counts(from: string, to: string): Promise<DayCount[]> {
      const counts: DayCount[] = [];
      for await (const { Items = [] } of partition('counts', [from, to])) {
        counts.push(...Items.map(({ sk, visits }) => ({ day: `${sk?.S}`, visits: Number(visits?.N) })));
      }
      return counts;
    },

    /** @returns how many there were */
    async purge(day: string): Promise<number> {
      let purged = 0;
      for await (const { Items = [] } of partition(`visits ${day}`)) {
        for (let start = 0; start < Items.length; start += BATCH) {
          await deleteAll(Items.slice(start, start + BATCH));
        }
        purged += Items.length;
      }
      return purged;
    },
  };

  async function deleteAll(items: readonly Record<string, AttributeValue>[]): Promise<void> {
    let left = items.map(({ pk, sk }) => ({
      DeleteRequest: { Key: { pk, sk } as Record<string, AttributeValue> },
    }));
    while (left.length > 0) {
      const { UnprocessedItems = {} } = await dynamodb.send(
        new BatchWriteItemCommand({ RequestItems: { [table]: left } }),
      );
      left = (UnprocessedItems[table] ?? []) as typeof left;
    }
  }
}
