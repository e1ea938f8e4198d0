import { defineExport } from 'cdk-background-jobs/tasks';
import * as z from 'zod';

/** All orders of a tenant: for spreadsheets, for programs, or the first few to print. */
export const exportOrders = defineExport({
  name: 'orders',
  request: z.object({
    tenantId: z.string(),
    orders: z.int().min(0),
    format: z.enum(['csv', 'ndjson', 'pdf']),
  }),
});
