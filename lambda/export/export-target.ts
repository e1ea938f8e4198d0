import { randomBytes } from 'node:crypto';
import { checkId, filesOf } from '../../contract/export/export-keys.ts';
import { checkFormat, type ExportFormat } from './export-format.ts';
import type { ExportHandler } from './export-handler.ts';

/** Which file a request is for. */
export interface ExportTarget {
  readonly exportName: string;
  /** Whose it is, of letters that a key may have. */
  readonly tenant: string;
  /** Without the format's extension. */
  readonly fileName: string;
  readonly extension: string;
  readonly format: ExportFormat;
  readonly gzip: boolean;
}

/** @throws NonRetryableError naming what no file can be made of */
export function targetOf<Request>(
  exportName: string,
  handler: Pick<ExportHandler<Request, never, never, never>, 'tenant' | 'fileName' | 'format' | 'gzip'>,
  request: Request,
): ExportTarget {
  const { tenant, fileName } = handler;
  const gzip = typeof handler.gzip === 'function' ? handler.gzip(request) : (handler.gzip ?? false);
  const format = checkFormat(typeof handler.format === 'function' ? handler.format(request) : handler.format);
  return {
    exportName,
    tenant: checkId('tenant', tenant(request)),
    fileName: checkId('fileName', fileName?.(request) ?? exportName),
    extension: `${format.extension}${gzip ? '.gz' : ''}`,
    format,
    gzip,
  };
}

/** One for each time that a run begins from its beginning: no file is ever written over. */
export function newFolder({ exportName, tenant }: ExportTarget, runId: string): string {
  return `${filesOf(exportName)}${tenant}/${runId}/${randomBytes(6).toString('hex')}/`;
}
