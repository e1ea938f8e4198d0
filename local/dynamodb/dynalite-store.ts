import { createRequire } from 'node:module';
import type { Location } from '../service.ts';
import { DynamoDbError } from './dynamodb-error.ts';
import { type Parse, parseOnce } from './expression-cache.ts';
import { type Item, itemSizeBytes } from './item-size.ts';
import { indexKeyProblem, type KeyedTable, tableKeyProblem } from './limits.ts';

export type Input = Record<string, unknown>;
export type Output = Record<string, unknown>;

export interface ItemObserver {
  itemWritten(tableName: string, item: Item): void;
}

/** dynalite's tables, in memory, without its HTTP server. */
export interface DynaliteStore {
  readonly operations: readonly string[];
  has(operation: string): boolean;
  /** The names of the request fields that dynalite knows; it drops all others without a word. */
  fieldsOf(operation: string): readonly string[];
  /** Validates and runs one operation. @throws {DynamoDbError} as AWS would */
  run(operation: string, input: Input): Promise<Output>;
  close(): Promise<void>;
}

/**
 * The one place that reaches into dynalite, which exports only an HTTP server of its own: that server throws, and so
 * ends the process, when a client hangs up while sending. Its operations take the store as a parameter, so what they
 * read and write can be watched from here. `dynalite-internals.test.ts` fails when an upgrade moves them.
 */
export function openDynaliteStore(location: Location, observer: ItemObserver): DynaliteStore {
  const store = db.create({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
  store.tableDb.awsRegion = location.region;
  store.tableDb.awsAccountId = location.accountId;

  return {
    operations: [...operations.keys()],
    has: operation => operations.has(operation),
    fieldsOf: operation => Object.keys(operationOf(operation).validation.types),
    async run(operation, input) {
      const { action, validation } = operationOf(operation);
      const returnItem = input.ReturnValuesOnConditionCheckFailure === 'ALL_OLD';
      const data = checked(() => {
        const known = validations.checkTypes(input, validation.types);
        validations.checkValidations(known, validation.types, validation.custom, store);
        return known;
      });
      let itemRead: Item | undefined;
      const watched = watch(store, {
        itemWritten: observer.itemWritten,
        itemRead: item => {
          itemRead = item;
        },
      });
      return new Promise((resolve, reject) => {
        action(watched, data, (error, output) => {
          if (!error) return resolve(output || {});
          const failure = asDynamoDbError(error);
          const conditionFailed = failure instanceof DynamoDbError && failure.code === CONDITION_FAILED;
          if (!(conditionFailed && returnItem && itemRead)) return reject(failure);
          reject(new DynamoDbError({ ...failure.body, Item: itemRead }));
        });
      });
    },
    close: () => store.db.close(),
  };
}

const CONDITION_FAILED = 'ConditionalCheckFailedException';

interface ItemDb {
  get(key: string, callback: (error: unknown, item?: Item) => void): void;
  put(key: string, item: Item, callback: (error?: unknown) => void): void;
}

interface Store {
  readonly tableDb: { awsRegion: string; awsAccountId: string };
  readonly db: { close(): Promise<void> };
  getItemDb(tableName: string): ItemDb;
}

interface Operation {
  readonly action: (
    store: Store,
    data: Input,
    callback: (error: unknown, output: Output | '') => void,
  ) => void;
  readonly validation: { readonly types: Record<string, unknown>; readonly custom?: unknown };
}

const requireDynalite = createRequire(import.meta.url);

const db: {
  create(options: Record<'createTableMs' | 'deleteTableMs' | 'updateTableMs', number>): Store;
  itemSize(item: Item): number;
  validateKey(key: Item, table: KeyedTable, schema?: unknown): unknown;
  validateItem(item: Item, table: KeyedTable): unknown;
  updateIndexes(
    store: Store,
    table: KeyedTable,
    before: Item | undefined,
    after: Item | undefined,
    callback: (error?: unknown) => void,
  ): void;
  validationError(message: string): unknown;
} = requireDynalite('dynalite/db');

const validations: {
  checkTypes(input: Input, types: Record<string, unknown>): Input;
  checkValidations(data: Input, types: Record<string, unknown>, custom: unknown, store: Store): void;
} = requireDynalite('dynalite/validations');

// dynalite's own counts characters. Its operations call it through this property: for the 400 KB of an item, and for
// how many items fit into one answer of BatchGetItem.
db.itemSize = itemSizeBytes;

// Of keys, too, it counts characters, and of indexes' keys nothing.
const { validateKey, validateItem, updateIndexes } = db;
db.validateKey = (key, table, schema) =>
  validateKey(key, table, schema) ?? refused(tableKeyProblem(table, key));
db.validateItem = (item, table) => validateItem(item, table) ?? refused(tableKeyProblem(table, item));
db.updateIndexes = (store, table, before, after, callback) => {
  const problem = after && refused(indexKeyProblem(table, after));
  if (problem) callback(problem);
  else updateIndexes(store, table, before, after, callback);
};

function refused(problem: string | undefined): unknown {
  return problem === undefined ? undefined : db.validationError(problem);
}

// Its validation calls both through this property, too.
for (const name of ['conditionParser', 'updateParser']) {
  const parser: { parse: Parse } = requireDynalite(`dynalite/db/${name}`);
  parser.parse = parseOnce(parser.parse);
}

const operations: ReadonlyMap<string, Operation> = new Map(
  [
    ...['CreateTable', 'DeleteTable', 'DescribeTable', 'ListTables'],
    ...['GetItem', 'PutItem', 'UpdateItem', 'DeleteItem', 'Query', 'Scan', 'BatchGetItem', 'BatchWriteItem'],
    ...['TagResource', 'UntagResource', 'ListTagsOfResource'],
  ].map(name => {
    const file = `${name.charAt(0).toLowerCase()}${name.slice(1)}`;
    return [
      name,
      {
        action: requireDynalite(`dynalite/actions/${file}`),
        validation: requireDynalite(`dynalite/validations/${file}`),
      },
    ];
  }),
);

function operationOf(name: string): Operation {
  const operation = operations.get(name);
  if (!operation) throw new Error(`dynalite has no operation ${name}`);
  return operation;
}

/** What an operation reads under its item's lock is what it checks its condition against. */
function watch(store: Store, observer: ItemObserver & { itemRead(item: Item | undefined): void }): Store {
  return {
    ...store,
    getItemDb(tableName) {
      const items = store.getItemDb(tableName);
      return {
        ...items,
        get: (key, callback) =>
          items.get(key, (error, item) => {
            observer.itemRead(item);
            callback(error, item);
          }),
        put: (key, item, callback) =>
          items.put(key, item, error => {
            if (!error) observer.itemWritten(tableName, item);
            callback(error);
          }),
      };
    },
  };
}

function checked(validate: () => Input): Input {
  try {
    return validate();
  } catch (error) {
    throw asDynamoDbError(error);
  }
}

/** dynalite puts the answer's body on its errors; anything else is a fault of the engine. */
function asDynamoDbError(error: unknown): unknown {
  const body = error instanceof Error && 'body' in error ? error.body : undefined;
  return typeof body === 'object' && body !== null ? new DynamoDbError({ ...body }) : error;
}
