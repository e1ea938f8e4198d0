import type { Clock, Timer } from '../clock.ts';
import { isJsonObject } from '../json-value.ts';
import type { DynaliteStore, Input, Output } from './dynalite-store.ts';
import { DynamoDbError, validationError } from './dynamodb-error.ts';
import type { Item } from './item-size.ts';
import { allItems, describeTable, tableNameOf } from './table.ts';

/** Expired items are deleted at the next full minute: soon, but late, as on AWS (there: typically within two days). */
const SWEEP_PERIOD_MS = 60_000;

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/time-to-live-ttl-before-you-start.html */
const OLDEST_EXPIRY_SECONDS = 5 * 365 * 24 * 60 * 60;

interface TtlTable {
  readonly attributeName: string;
  readonly keyNames: readonly string[];
  /** By primary key. May name items that are gone by now: a sweep deletes on condition. */
  readonly expiring: Map<string, { readonly key: Item; readonly expiresAtSeconds: number }>;
}

export interface TimeToLive {
  /** UpdateTimeToLive. */
  update(input: Input): Promise<Output>;
  /** DescribeTimeToLive. */
  describe(input: Input): Promise<Output>;
  itemWritten(tableName: string, item: Item): void;
  tableDeleted(tableName: string): void;
  /** Sweeps no more; resolves once the deletions under way have ended. */
  stop(): Promise<void>;
}

/**
 * Remembers each item's expiry as it is written, instead of scanning for it: with nothing to expire no timer is set,
 * and a clock that leaps over a month costs a sweep only for the minutes in which something expires.
 */
export function createTimeToLive(clock: Clock, store: DynaliteStore): TimeToLive {
  const tables = new Map<string, TtlTable>();
  let next: { atMs: number; timer: Timer } | undefined;
  let sweeps = Promise.resolve();
  let stopped = false;

  function schedule(expiresAtSeconds: number) {
    const atMs = sweepTimeMs(Math.max(expiresAtSeconds * 1000, clock.now()));
    if (stopped || (next && next.atMs <= atMs)) return;
    next?.timer.cancel();
    next = { atMs, timer: clock.setTimer(sweep, atMs - clock.now()) };
  }

  /** Sets the timer for the next sweep at once, not after its deletions: the clock may leap meanwhile. */
  function sweep() {
    next = undefined;
    const release = clock.hold();
    const nowSeconds = Math.floor(clock.now() / 1000);
    for (const [tableName, { attributeName, expiring }] of tables) {
      for (const [id, { key, expiresAtSeconds }] of expiring) {
        if (expiresAtSeconds >= nowSeconds) {
          schedule(expiresAtSeconds);
          continue;
        }
        expiring.delete(id);
        sweeps = sweeps.then(() => deleteIfExpired(store, tableName, attributeName, key, nowSeconds));
      }
    }
    void sweeps.then(release, release);
  }

  function remember(table: TtlTable, item: Item) {
    const key = keyOf(table, item);
    const id = JSON.stringify(key);
    const expiresAtSeconds = Number(item[table.attributeName]?.N ?? Number.NaN);
    if (!(expiresAtSeconds > clock.now() / 1000 - OLDEST_EXPIRY_SECONDS)) return table.expiring.delete(id);
    table.expiring.set(id, { key, expiresAtSeconds });
    schedule(expiresAtSeconds);
  }

  async function enable(tableName: string, attributeName: string) {
    const { keyNames } = await describeTable(store, tableName);
    const table: TtlTable = { attributeName, keyNames, expiring: new Map() };
    tables.set(tableName, table);
    for await (const item of allItems(store, tableName)) {
      const rewrittenMeanwhile = table.expiring.has(JSON.stringify(keyOf(table, item)));
      if (!rewrittenMeanwhile) remember(table, item);
    }
  }

  return {
    async update(input) {
      const tableName = tableNameOf(input);
      const { attributeName, enabled } = parseSpecification(input);
      await describeTable(store, tableName);
      if (enabled === tables.has(tableName)) {
        throw validationError(`TimeToLive is already ${enabled ? 'enabled' : 'disabled'}`);
      }
      if (enabled) await enable(tableName, attributeName);
      else tables.delete(tableName);
      return { TimeToLiveSpecification: { AttributeName: attributeName, Enabled: enabled } };
    },
    async describe(input) {
      const tableName = tableNameOf(input);
      await describeTable(store, tableName);
      const table = tables.get(tableName);
      return {
        TimeToLiveDescription: table
          ? { TimeToLiveStatus: 'ENABLED', AttributeName: table.attributeName }
          : { TimeToLiveStatus: 'DISABLED' },
      };
    },
    itemWritten(tableName, item) {
      const table = tables.get(tableName);
      if (table) remember(table, item);
    },
    tableDeleted: tableName => void tables.delete(tableName),
    async stop() {
      stopped = true;
      next?.timer.cancel();
      await sweeps;
    },
  };
}

function parseSpecification(input: Input): { attributeName: string; enabled: boolean } {
  const specification = input.TimeToLiveSpecification;
  if (isJsonObject(specification)) {
    const { AttributeName: attributeName, Enabled: enabled } = specification;
    if (typeof attributeName === 'string' && typeof enabled === 'boolean') return { attributeName, enabled };
  }
  throw validationError('TimeToLiveSpecification must have an AttributeName and Enabled');
}

function keyOf({ keyNames }: TtlTable, item: Item): Item {
  return Object.fromEntries(keyNames.map(name => [name, item[name] ?? {}]));
}

/** Expiry is in whole seconds and passed only once the time is greater: never due at the very minute it names. */
function sweepTimeMs(fromMs: number): number {
  return (Math.floor(fromMs / SWEEP_PERIOD_MS) + 1) * SWEEP_PERIOD_MS;
}

async function deleteIfExpired(
  store: DynaliteStore,
  tableName: string,
  attributeName: string,
  key: Item,
  nowSeconds: number,
) {
  try {
    await store.run('DeleteItem', {
      TableName: tableName,
      Key: key,
      ConditionExpression: '#expiry < :now',
      ExpressionAttributeNames: { '#expiry': attributeName },
      ExpressionAttributeValues: { ':now': { N: String(nowSeconds) } },
    });
  } catch (error) {
    const goneOrRenewed = ['ConditionalCheckFailedException', 'ResourceNotFoundException'];
    if (!(error instanceof DynamoDbError && goneOrRenewed.includes(error.code))) throw error;
  }
}
