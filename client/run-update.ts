import { ConditionalCheckFailedException, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { parseRunItem, type RunItem, toAttribute } from '../contract/run-item.ts';
import type { ClientContext } from './client-context.ts';

/** A conditional change of a run's item. */
export interface RunUpdate {
  readonly set?: Partial<Omit<RunItem, 'runId'>>;
  readonly remove?: readonly (keyof RunItem)[];
  /** The item must have one of these. */
  readonly statuses: readonly RunItem['status'][];
  /** And these attributes must be so; `null` for one that must not be there. */
  readonly is?: { readonly [Name in Exclude<keyof RunItem, 'runId' | 'status'>]?: RunItem[Name] | null };
}

/** `item` is as it stands after the write; or as it stood in the way, undefined when there is none. */
export type UpdateOutcome =
  | { readonly written: true; readonly item: RunItem }
  | { readonly written: false; readonly item: RunItem | undefined };

/** One conditional write, with no read before it. */
export async function updateRun(
  { dynamodb }: ClientContext,
  table: string,
  runId: string,
  { set = {}, remove = [], statuses, is = {} }: RunUpdate,
): Promise<UpdateOutcome> {
  const fields = Object.entries(set);
  const required = Object.entries(is).filter(([, value]) => value !== null) as [string, string | number][];
  const conditions = [
    `#status IN (${statuses.map((_, index) => `:status${index}`).join(', ')})`,
    ...required.map(([name]) => `#${name} = :is_${name}`),
    ...Object.entries(is).flatMap(([name, value]) =>
      value === null ? [`attribute_not_exists(#${name})`] : [],
    ),
  ];
  const changes = [
    fields.length > 0 && `SET ${fields.map(([name]) => `#${name} = :${name}`).join(', ')}`,
    remove.length > 0 && `REMOVE ${remove.map(name => `#${name}`).join(', ')}`,
  ];
  const values = [
    ...fields,
    ...statuses.map((status, index) => [`status${index}`, status] as const),
    ...required.map(([name, value]) => [`is_${name}`, value] as const),
  ];
  const names = ['status', ...Object.keys(set), ...remove, ...Object.keys(is)];
  try {
    const { Attributes = {} } = await dynamodb.send(
      new UpdateItemCommand({
        TableName: table,
        Key: { runId: toAttribute(runId) },
        UpdateExpression: changes.filter(Boolean).join(' '),
        ConditionExpression: conditions.join(' AND '),
        ExpressionAttributeNames: Object.fromEntries(names.map(name => [`#${name}`, name])),
        ExpressionAttributeValues: Object.fromEntries(
          values.map(([name, value]) => [`:${name}`, toAttribute(value)]),
        ),
        ReturnValues: 'ALL_NEW',
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      }),
    );
    return { written: true, item: parseRunItem(Attributes) };
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    return { written: false, item: error.Item && parseRunItem(error.Item) };
  }
}
