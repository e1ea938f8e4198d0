import { createExport, csv } from 'cdk-background-jobs/lambda';
import { COLUMNS, exportRows, rowAt } from './exports.ts';

const PAGE = 5000;

export const handler = createExport(exportRows, {
  tenant: () => 'bench',
  format: csv({ columns: COLUMNS }),
  readPage({ rows }, cursor: number | undefined) {
    const first = cursor ?? 0;
    const next = Math.min(rows, first + PAGE);
    return {
      rows: Array.from({ length: next - first }, (_, index) => rowAt(first + index)),
      nextCursor: next < rows ? next : undefined,
      total: rows,
    };
  },
});
