import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { parseRunItem, type RunItem, toAttribute } from '../contract/run-item.ts';
import type { ClientContext } from './client-context.ts';

export interface FoundRun {
  readonly table: string;
  readonly item: RunItem;
}

/** Reads a run's item, strongly consistent, from whichever of the client's tables has it, expired or not. */
export async function findRun(context: ClientContext, runId: string): Promise<FoundRun | undefined> {
  const tables = [...new Set(context.queues.map(({ table }) => table))];
  const found = await Promise.all(tables.map(table => getItem(context, table, runId)));
  return found.find(each => each !== undefined);
}

async function getItem(
  { dynamodb }: ClientContext,
  table: string,
  runId: string,
): Promise<FoundRun | undefined> {
  const { Item } = await dynamodb.send(
    new GetItemCommand({ TableName: table, Key: { runId: toAttribute(runId) }, ConsistentRead: true }),
  );
  return Item && { table, item: parseRunItem(Item) };
}
