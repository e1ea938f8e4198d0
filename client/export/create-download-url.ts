import type { S3Client } from '@aws-sdk/client-s3';
import { type Clock, systemClock } from '../../contract/clock.ts';
import { type DurationString, parseDuration } from '../../contract/duration.ts';
import type { ExportedFile } from '../../contract/export/exported-file.ts';
import { sharedS3Client } from '../shared-clients.ts';

export interface DownloadOptions {
  /**
   * How long the link can be used, 1 s to 12 h; never longer than the credentials that signed it.
   * @default '15m'
   */
  readonly expiresIn?: DurationString;
  /**
   * Whether a browser saves the file or shows it.
   * @default 'attachment'
   */
  readonly disposition?: 'attachment' | 'inline';
  /**
   * What a browser saves it as.
   * @default the file's own
   */
  readonly fileName?: string;
  /** @default a client with the SDK's defaults */
  readonly s3?: S3Client;
  /** @default the machine's time */
  readonly clock?: Clock;
}

/** No role's credentials last longer. https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_manage-assume.html */
const LONGEST_SECONDS = 12 * 3600;

/**
 * Makes a link to an exported file, for whoever has it. Make it when somebody asks for it, and may have it: it ends with
 * the credentials that signed it.
 *
 * @throws RangeError when `expiresIn` is out of its range
 * @example
 * ```ts
 * const run = await getWorkflowRun(exportOrders, runId);
 * if (run?.output) return redirect(await createDownloadUrl(run.output, { expiresIn: '5m' }));
 * ```
 */
export async function createDownloadUrl(
  file: Pick<ExportedFile, 'bucket' | 'key' | 'fileName' | 'contentType'>,
  options: DownloadOptions = {},
): Promise<string> {
  const { expiresIn = '15m', disposition = 'attachment', fileName = file.fileName } = options;
  const { clock = systemClock } = options;
  const seconds = Math.floor(parseDuration(expiresIn, 'expiresIn') / 1000);
  if (seconds < 1 || seconds > LONGEST_SECONDS) {
    throw new RangeError(
      `expiresIn must be from 1s to 12h, for no role's credentials last longer, got ${expiresIn}`,
    );
  }
  // Rarely needed where tasks are sent from: out of its start.
  const { GetObjectCommand } = await import('@aws-sdk/client-s3');
  const { getSignedUrl } = await import('@aws-sdk/s3-request-presigner');
  const command = new GetObjectCommand({
    Bucket: file.bucket,
    Key: file.key,
    ResponseContentType: file.contentType,
    ResponseContentDisposition: `${disposition}; ${nameOf(fileName)}`,
  });
  return await getSignedUrl(options.s3 ?? (await sharedS3Client()), command, {
    expiresIn: seconds,
    signingDate: new Date(clock.now()),
  });
}

/** https://www.rfc-editor.org/rfc/rfc6266#section-4.3: for those who know UTF-8, and for those who do not. */
function nameOf(fileName: string): string {
  const plain = fileName.replaceAll(/[^a-zA-Z0-9._-]/g, '_');
  const encoded = encodeURIComponent(fileName.toWellFormed()).replaceAll(
    /['()*]/g,
    character => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `filename="${plain}"; filename*=UTF-8''${encoded}`;
}
