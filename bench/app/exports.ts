import { defineExport } from 'cdk-background-jobs/tasks';
import * as z from 'zod/mini';

export const exportRows = defineExport({ name: 'rows', request: z.object({ rows: z.int() }) });

export interface Row {
  readonly id: number;
  readonly customer: string;
  readonly email: string;
  readonly amount: number;
  readonly placedAt: string;
  readonly note: string | null;
}

export const COLUMNS = ['id', 'customer', 'email', 'amount', 'placedAt', 'note'] as const;

export function rowAt(id: number): Row {
  return {
    id,
    customer: id % 7 === 0 ? `Customer "${id}", & sons` : `Customer ${id}`,
    email: `customer-${id}@example.com`,
    amount: (id * 7919) % 100_000,
    placedAt: '2026-11-25T12:00:00.000Z',
    note: id % 3 === 0 ? null : 'Leave it at the door, please',
  };
}
