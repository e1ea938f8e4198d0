import { isJsonObject } from '../json-value.ts';
import type { DynaliteStore, Input, Output } from './dynalite-store.ts';
import { describeTable, tableNameOf } from './table.ts';

/** Point-in-time recovery can be switched and described; nothing is ever backed up. */
export function createContinuousBackups(store: DynaliteStore) {
  const recoverable = new Set<string>();

  async function describe(input: Input): Promise<Output> {
    const tableName = tableNameOf(input);
    await describeTable(store, tableName);
    return {
      ContinuousBackupsDescription: {
        ContinuousBackupsStatus: 'ENABLED',
        PointInTimeRecoveryDescription: {
          PointInTimeRecoveryStatus: recoverable.has(tableName) ? 'ENABLED' : 'DISABLED',
        },
      },
    };
  }

  return {
    /** DescribeContinuousBackups. */
    describe,
    /** UpdateContinuousBackups. */
    async update(input: Input): Promise<Output> {
      const tableName = tableNameOf(input);
      const specification = input.PointInTimeRecoverySpecification;
      const enabled = isJsonObject(specification) && specification.PointInTimeRecoveryEnabled === true;
      if (enabled) recoverable.add(tableName);
      else recoverable.delete(tableName);
      return describe(input);
    },
    tableDeleted: (tableName: string): void => void recoverable.delete(tableName),
  };
}
