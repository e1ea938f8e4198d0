import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import type { CreateTableCommandInput } from '@aws-sdk/client-dynamodb';
import type { Clock } from '../clock.ts';
import { isJsonObject } from '../json-value.ts';
import type { Location, Service } from '../service.ts';
import { createContinuousBackups } from './continuous-backups.ts';
import { type Input, type Output, openDynaliteStore } from './dynalite-store.ts';
import { DynamoDbError, serializationError, unknownOperation } from './dynamodb-error.ts';
import { checkRequestFields } from './request-fields.ts';
import { describeTable, tableNameOf } from './table.ts';
import { createTimeToLive } from './time-to-live.ts';

/**
 * DynamoDB in memory, over dynalite. Expired items are deleted at the next full minute of the clock. Operations and
 * request fields that neither dynalite nor the adapter knows (transactions, streams, PartiQL, UpdateTable, backups)
 * are refused by name.
 */
export interface DynamoDbService extends Service {
  /** Resolves once the table is active. @throws {DynamoDbError} as CreateTable would */
  createTable(input: CreateTableCommandInput): Promise<{ arn: string; streamArn?: undefined }>;
  /** `attributeName` holds each item's expiry in seconds since the Unix epoch. @throws {DynamoDbError} */
  enableTimeToLive(tableName: string, attributeName: string): Promise<void>;
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
    return store.run(operation, input);
  }

  function perform(operation: string, input: Input): Promise<Output> {
    const own = Object.hasOwn(operations, operation) ? operations[operation] : undefined;
    return own ? own(input) : run(operation, input);
  }

  return {
    signingName: 'dynamodb',
    async handle(request, response) {
      try {
        const input = parseInput(await text(request));
        answer(response, 200, await perform(operationOf(request), input));
      } catch (error) {
        if (!(error instanceof DynamoDbError)) throw error;
        answer(response, 400, error.body);
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
