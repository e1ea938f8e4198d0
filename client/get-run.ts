import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import type { Run } from '../contract/run.ts';
import { parseRunItem, type RunItem, toAttribute, toRun } from '../contract/run-item.ts';
import type { ClientContext } from './client-context.ts';
import { isExpired } from './expired.ts';

export async function getRun(context: ClientContext, runId: string): Promise<Run | undefined> {
  const tables = [...new Set(context.queues.map(({ table }) => table))];
  const items = await Promise.all(tables.map(table => getItem(context, table, runId)));
  const item = items.find(found => found && !isExpired(found, context.clock.now()));
  return item && toRun(item);
}

async function getItem(
  { dynamodb }: ClientContext,
  table: string,
  runId: string,
): Promise<RunItem | undefined> {
  const { Item } = await dynamodb.send(
    new GetItemCommand({ TableName: table, Key: { runId: toAttribute(runId) }, ConsistentRead: true }),
  );
  return Item && parseRunItem(Item);
}
