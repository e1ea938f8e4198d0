import { NonRetryableError } from '../errors.ts';

/** The variable in which an export's function finds its bucket. `ExportWorkflow` writes it. */
export const EXPORT_BUCKET_VARIABLE = 'BACKGROUND_JOBS_EXPORT_BUCKET';

/** Where the finished files of all exports are; those of one, under its name. */
export const FILES_PREFIX = 'exports/';

/** Where runs keep how far they are, until they have ended. */
export const WORK_PREFIX = 'exports-in-progress/';

export function filesOf(exportName: string): string {
  return `${FILES_PREFIX}${exportName}/`;
}

export function workOf(exportName: string): string {
  return `${WORK_PREFIX}${exportName}/`;
}

export function fileNameOf(key: string): string {
  return key.slice(key.lastIndexOf('/') + 1);
}

/**
 * What is allowed is listed, for what is dangerous cannot be: nothing here leads out of a prefix.
 *
 * @throws NonRetryableError when it is anything else
 */
export function checkId(what: string, id: unknown): string {
  if (typeof id === 'string' && /^[a-zA-Z0-9_@=-][a-zA-Z0-9._@=-]{0,127}$/.test(id) && !id.includes('..')) {
    return id;
  }
  throw new NonRetryableError(
    `${what} must be 1 to 128 of a-z A-Z 0-9 . _ @ = -, without a dot at its beginning and without '..', got ` +
      `${JSON.stringify(id)?.slice(0, 200)}; make it of an id`,
  );
}
