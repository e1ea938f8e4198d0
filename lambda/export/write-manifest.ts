import { crc32 } from 'node:zlib';
import { fileNameOf } from '../../contract/export/export-keys.ts';
import type { ExportedFile, ExportManifest } from '../../contract/export/exported-file.ts';
import type { Objects } from './objects.ts';
import type { RunPlace } from './run-place.ts';
import { hexOf } from './write-export.ts';

const CONTENT_TYPE = 'application/json';

/** Writes what says that all the others are there. Another attempt may have written the same before. */
export async function writeManifest(
  objects: Objects,
  { exportName, runId }: RunPlace,
  file: Pick<ExportedFile, 'bucket' | 'key'>,
  files: readonly ExportedFile[],
): Promise<ExportedFile> {
  const sum = (what: 'rows' | 'bytes') => files.reduce((total, each) => total + each[what], 0);
  const manifest: ExportManifest = {
    export: exportName,
    runId,
    rows: sum('rows'),
    bytes: sum('bytes'),
    files,
  };
  const bytes = Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`);
  if ((await objects.sizeOf(file.key)) === undefined) {
    await objects.write(file.key, bytes, { over: 'nothing', contentType: CONTENT_TYPE });
  }
  return {
    ...file,
    fileName: fileNameOf(file.key),
    contentType: CONTENT_TYPE,
    rows: manifest.rows,
    bytes: bytes.length,
    crc32: hexOf(crc32(bytes)),
  };
}
