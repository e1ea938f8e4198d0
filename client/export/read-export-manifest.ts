import type { S3Client } from '@aws-sdk/client-s3';
import type { ExportedFile, ExportManifest } from '../../contract/export/exported-file.ts';
import { sharedS3Client } from '../shared-clients.ts';

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
  // Another file may be of any size.
  const manifest = file.fileName.endsWith('.manifest.json') ? await read(file, options.s3) : undefined;
  if (isManifest(manifest)) return manifest;
  throw new TypeError(
    `${file.key} is no manifest: only an export whose definition has partitions ends with one`,
  );
}

async function read({ bucket, key }: ExportedFile, s3?: S3Client): Promise<unknown> {
  const { GetObjectCommand } = await import('@aws-sdk/client-s3');
  const client = s3 ?? (await sharedS3Client());
  const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
  return JSON.parse((await Body?.transformToString()) ?? '');
}

function isManifest(value: unknown): value is ExportManifest {
  return typeof value === 'object' && value !== null && 'files' in value && Array.isArray(value.files);
}
