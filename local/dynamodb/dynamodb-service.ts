import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import type { CreateTableCommandInput } from '@aws-sdk/client-dynamodb';
import type { Clock } from '../clock.ts';
import { isJsonObject, type JsonObject, stringsAt } from '../json-value.ts';
import { AccessDenied } from '../permissions/access-denied.ts';
import type { Location, Service } from '../service.ts';
import { authorizeRequest } from './authorize-request.ts';
import { createContinuousBackups } from './continuous-backups.ts';
import { type Input, type Output, openDynaliteStore } from './dynalite-store.ts';
import { accessDenied, DynamoDbError, serializationError, unknownOperation } from './dynamodb-error.ts';
import type { Item } from './item-size.ts';
import { checkExpressionSizes } from './limits.ts';
import { checkRequestFields } from './request-fields.ts';
import { allItems, describeTable, tableNameOf } from './table.ts';
import { createTimeToLive } from './time-to-live.ts';

/**
 * DynamoDB in memory, over dynalite. Expired items are deleted at the next full minute of the clock. Operations and
 * request fields that neither dynalite nor the adapter knows (transactions, streams, PartiQL, UpdateTable, backups)
 * are refused by name.
 */
export interface DynamoDbService extends Service {
  /** The names of all that it performs. */
  readonly operations: readonly string[];
  /** Resolves once the table is active. @throws {DynamoDbError} as CreateTable would */
  createTable(input: CreateTableCommandInput): Promise<{ arn: string; streamArn?: undefined }>;
  /** `attributeName` holds each item's expiry in seconds since the Unix epoch. @throws {DynamoDbError} */
  enableTimeToLive(tableName: string, attributeName: string): Promise<void>;
  tables(): Promise<readonly string[]>;
  /** A table's items as they travel, to outlive the engine. @throws {DynamoDbError} if there is no such table */
  save(tableName: string): Promise<readonly Item[]>;
  /** Puts items into a table; its indexes and its time to live follow. @throws {DynamoDbError} as PutItem would */
  restore(tableName: string, items: readonly JsonObject[]): Promise<void>;
}

export function createDynamoDbService(options: { clock: Clock; location: Location }): DynamoDbService {
  const store = openDynaliteStore(options.location, {
    itemWritten: (tableName, item) => timeToLive.itemWritten(tableName, item),
  });
  const timeToLive = createTimeToLive(options.clock, store);
  const backups = createContinuousBackups(store);

  const operations: Readonly<Record<string, (input: Input) => Promise<Output>>> = {
    UpdateTimeToLive: timeToLive.update,
    DescribeTimeToLive: timeToLive.describe,
    UpdateContinuousBackups: backups.update,
    DescribeContinuousBackups: backups.describe,
    async CreateTable(input) {
      const { Tags, ...table } = input;
      const output = await run('CreateTable', table);
      if (Tags) {
        const { arn } = await describeTable(store, tableNameOf(table));
        await store.run('TagResource', { ResourceArn: arn, Tags });
      }
      return output;
    },
    async DeleteTable(input) {
      const output = await run('DeleteTable', input);
      timeToLive.tableDeleted(tableNameOf(input));
      backups.tableDeleted(tableNameOf(input));
      return output;
    },
  };

  async function run(operation: string, input: Input): Promise<Output> {
    if (!store.has(operation)) throw unknownOperation(`${operation} is not supported by the local engine`);
    checkRequestFields(operation, input, store.fieldsOf(operation));
    checkExpressionSizes(input);
    return store.run(operation, input);
  }

  function perform(operation: string, input: Input): Promise<Output> {
    const own = Object.hasOwn(operations, operation) ? operations[operation] : undefined;
    return own ? own(input) : run(operation, input);
  }

  return {
    signingName: 'dynamodb',
    operations: [...new Set([...store.operations, ...Object.keys(operations)])],
    async handle(request, response, authorize) {
      try {
        const input = parseInput(await text(request));
        const operation = operationOf(request);
        if (authorize) authorizeRequest(authorize, operation, input, options.location);
        answer(response, 200, await perform(operation, input));
      } catch (error) {
        const failure = error instanceof AccessDenied ? accessDenied(error.message) : error;
        if (!(failure instanceof DynamoDbError)) throw failure;
        answer(response, 400, failure.body);
      }
    },
    async createTable(input) {
      const request = structuredClone<Input>({ ...input });
      const tableName = tableNameOf(request);
      await perform('CreateTable', request);
      let table = await describeTable(store, tableName);
      while (table.status !== 'ACTIVE') table = await describeTable(store, tableName);
      return { arn: table.arn };
    },
    async enableTimeToLive(tableName, attributeName) {
      const specification = { AttributeName: attributeName, Enabled: true };
      await timeToLive.update({ TableName: tableName, TimeToLiveSpecification: specification });
    },
    async tables() {
      const names: string[] = [];
      let page: Output = {};
      do {
        page = await store.run('ListTables', {
          ...(page.LastEvaluatedTableName !== undefined && {
            ExclusiveStartTableName: page.LastEvaluatedTableName,
          }),
        });
        names.push(...(stringsAt(page, 'TableNames') ?? []));
      } while (page.LastEvaluatedTableName !== undefined);
      return names;
    },
    async save(tableName) {
      const items: Item[] = [];
      for await (const item of allItems(store, tableName)) items.push(item);
      return items;
    },
    async restore(tableName, items) {
      for (const item of items) await store.run('PutItem', { TableName: tableName, Item: item });
    },
    async stop() {
      await timeToLive.stop();
      await store.close();
    },
  };
}

function operationOf(request: IncomingMessage): string {
  const target = request.headers['x-amz-target'];
  const [version, operation] = typeof target === 'string' ? target.split('.') : [];
  if (version === 'DynamoDB_20120810' && operation) return operation;
  throw unknownOperation(`x-amz-target must be DynamoDB_20120810.<Operation>, got ${target}`);
}

function parseInput(body: string): Input {
  let input: unknown;
  try {
    input = JSON.parse(body);
  } catch {
    throw serializationError('The request body is not JSON');
  }
  if (!isJsonObject(input)) throw serializationError('The request body is not a JSON object');
  return { ...input };
}

function answer(response: ServerResponse, status: number, output: Output): void {
  const body = JSON.stringify(output);
  response.writeHead(status, {
    'content-type': 'application/x-amz-json-1.0',
    'content-length': Buffer.byteLength(body),
    'x-amzn-requestid': randomUUID(),
  });
  response.end(body);
}
