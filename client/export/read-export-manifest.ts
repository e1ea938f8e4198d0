import type { S3Client } from '@aws-sdk/client-s3';
import type { ExportedFile, ExportManifest } from '../../contract/export/exported-file.ts';

/**
 * Reads which files an export in partitions has made; each of them can have its download link.
 *
 * @param file the output of the run
 * @throws TypeError when it is no manifest
 * @example
 * ```ts
 * const run = await getWorkflowRun(exportOrders, runId);
 * const { files } = await readExportManifest(run.output);
 * const links = await Promise.all(files.map(file => createDownloadUrl(file)));
 * ```
 */
export async function readExportManifest(
  file: ExportedFile,
  options: {
    /** @default a client with the SDK's defaults */
    readonly s3?: S3Client;
  } = {},
): Promise<ExportManifest> {
  const { GetObjectCommand, S3Client } = await import('@aws-sdk/client-s3');
  const s3 = options.s3 ?? new S3Client();
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: file.bucket, Key: file.key }));
  const manifest: unknown = file.fileName.endsWith('.manifest.json')
    ? JSON.parse((await Body?.transformToString()) ?? '')
    : undefined;
  if (isManifest(manifest)) return manifest;
  throw new TypeError(
    `${file.key} is no manifest: only an export whose definition has partitions ends with one`,
  );
}

function isManifest(value: unknown): value is ExportManifest {
  return typeof value === 'object' && value !== null && 'files' in value && Array.isArray(value.files);
}
