import * as z from 'zod';
import { defineExport } from '../../contract/export/define-export.ts';

export const request = z.object({ tenantId: z.string(), format: z.enum(['csv', 'json']).default('csv') });

export const exportOrders = defineExport({ name: 'orders', request });
