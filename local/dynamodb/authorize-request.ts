import { isJsonObject } from '../json-value.ts';
import type { Authorize } from '../permissions/access-denied.ts';
import type { Place } from '../place.ts';
import type { Input } from './dynalite-store.ts';

/**
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html
 *
 * @throws AccessDenied
 */
export function authorizeRequest(authorize: Authorize, operation: string, input: Input, place: Place): void {
  for (const resource of resourcesOf(operation, input, place)) authorize(`dynamodb:${operation}`, resource);
}

/** None for a request that names no table, which is for the operation to refuse. */
function resourcesOf(operation: string, input: Input, { region, accountId }: Place): readonly string[] {
  const tableArn = (name: string) =>
    name.startsWith('arn:') ? name : `arn:aws:dynamodb:${region}:${accountId}:table/${name}`;
  const { TableName: tableName, IndexName: indexName, ResourceArn: arn, RequestItems: byTable } = input;

  if (operation === 'ListTables') return [tableArn('*')];
  if (isJsonObject(byTable)) return Object.keys(byTable).map(tableArn);
  if (typeof arn === 'string') return [arn];
  if (typeof tableName !== 'string') return [];
  // The permission to query an index does not come with that of its table, nor the other way round.
  return [typeof indexName === 'string' ? `${tableArn(tableName)}/index/${indexName}` : tableArn(tableName)];
}
