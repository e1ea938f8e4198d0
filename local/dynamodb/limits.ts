import { validationError } from './dynamodb-error.ts';
import type { AttributeValue, Item } from './item-size.ts';

/** As dynalite has it. */
export interface KeyedTable {
  readonly KeySchema: KeySchema;
  readonly GlobalSecondaryIndexes?: readonly Index[];
  readonly LocalSecondaryIndexes?: readonly Index[];
}

type KeySchema = readonly { readonly AttributeName: string; readonly KeyType: 'HASH' | 'RANGE' }[];

interface Index {
  readonly IndexName: string;
  readonly KeySchema: KeySchema;
}

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html#limits-partition-sort-keys */
const MAX_KEY_BYTES = { HASH: 2048, RANGE: 1024 } as const;

const TOO_LONG = {
  HASH: 'Size of hashkey has exceeded the maximum size limit of2048 bytes',
  RANGE: 'Aggregated size of all range keys has exceeded the size limit of 1024 bytes',
} as const;

/** Why the table does not take this key, or an item with it: dynalite counts characters. */
export function tableKeyProblem({ KeySchema }: KeyedTable, key: Item): string | undefined {
  return problemOf(KeySchema, key);
}

/** Why an index does not take the item; without all of its keys, an item is not in it. */
export function indexKeyProblem(table: KeyedTable, item: Item): string | undefined {
  const { GlobalSecondaryIndexes = [], LocalSecondaryIndexes = [] } = table;
  for (const { KeySchema, IndexName } of [...GlobalSecondaryIndexes, ...LocalSecondaryIndexes]) {
    const problem = problemOf(KeySchema, item);
    if (problem !== undefined) return `${problem} IndexName: ${IndexName}`;
  }
  return undefined;
}

function problemOf(schema: KeySchema, item: Item): string | undefined {
  const tooLong = schema.find(
    ({ AttributeName, KeyType }) => bytesOf(item[AttributeName]) > MAX_KEY_BYTES[KeyType],
  );
  return tooLong && `One or more parameter values were invalid: ${TOO_LONG[tooLong.KeyType]}`;
}

/** Numbers are always short enough. */
function bytesOf({ S = '', B = '' }: AttributeValue = {}): number {
  return Math.max(Buffer.byteLength(S), Buffer.byteLength(B, 'base64'));
}

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html#limits-expression-parameters */
const MAX_EXPRESSION_BYTES = 4096;

const EXPRESSIONS = [
  'ConditionExpression',
  'FilterExpression',
  'KeyConditionExpression',
  'ProjectionExpression',
  'UpdateExpression',
];

/** @throws DynamoDbError naming the expression that is too long */
export function checkExpressionSizes(input: Readonly<Record<string, unknown>>): void {
  for (const name of EXPRESSIONS) {
    const bytes = Buffer.byteLength(String(input[name] ?? ''));
    if (bytes > MAX_EXPRESSION_BYTES) {
      throw validationError(
        `Invalid ${name}: Expression size has exceeded the maximum allowed size; expression size: ${bytes}`,
      );
    }
  }
}
