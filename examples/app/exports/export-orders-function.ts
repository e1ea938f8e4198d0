import { createExport, csv, ndjson } from 'cdk-background-jobs/lambda';
import { exportOrders } from './export-orders.ts';
import { COLUMNS, orderAt } from './orders.ts';
import { pdf } from './pdf.ts';

const PAGE = 5000;

export const handler = createExport(exportOrders, {
  tenant: ({ tenantId }) => tenantId,
  format: ({ format }) =>
    ({
      csv: csv({ columns: COLUMNS }),
      ndjson: ndjson(),
      pdf: pdf({ title: 'Orders', columns: COLUMNS }),
    })[format],
  gzip: ({ format }) => format === 'ndjson',
  readPage({ orders }, cursor: number | undefined) {
    const first = cursor ?? 0;
    const rows = Array.from({ length: Math.min(PAGE, orders - first) }, (_, index) => orderAt(first + index));
    const next = first + rows.length;
    return { rows, nextCursor: next < orders ? next : undefined, total: orders };
  },
});
