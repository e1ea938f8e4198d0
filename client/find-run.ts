import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { parseRunItem, type RunItem, toAttribute } from '../contract/run-item.ts';
import type { ClientContext } from './client-context.ts';

export interface FoundRun {
  readonly table: string;
  readonly item: RunItem;
}

/**
 * Reads a run's item, strongly consistent, from whichever of the client's tables has it, expired or not.
 *
 * @throws what the first table answered that could not be read, when no other has the run: a function may have been
 * granted to read one queue's runs, and to send to another
 */
export async function findRun(context: ClientContext, runId: string): Promise<FoundRun | undefined> {
  const reads = await Promise.allSettled(tablesOf(context).map(table => getItem(context, table, runId)));
  const found = reads.flatMap(read => (read.status === 'fulfilled' && read.value ? [read.value] : []));
  const refused = reads.find(read => read.status === 'rejected');
  if (found.length === 0 && refused) throw refused.reason;
  return found[0];
}

/** The run tables of the client's queues, each once. */
export function tablesOf({ queues }: ClientContext): readonly string[] {
  return [...new Set(queues.map(({ table }) => table))];
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
