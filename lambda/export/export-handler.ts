import type { StepRun } from '../workflow/step-run.ts';
import type { ExportFormat } from './export-format.ts';
import type { Page } from './write-rows.ts';

/** What an export is made by. */
export interface ExportHandler<Request, Row extends object, Cursor, GivenRequest = Request> {
  /**
   * Reads the page at a cursor, the first one without. A page may be read again after a crash, so it must then have the
   * same rows: order by something that does not change, and let the cursor be of that.
   */
  readonly readPage: (
    request: Request,
    cursor: Cursor | undefined,
    run: StepRun,
  ) => Promise<Page<Row, Cursor>> | Page<Row, Cursor>;
  /** `csv()`, `ndjson()`, `jsonArray()`, or one of your own; or what a request asks for. */
  readonly format: ExportFormat | ((request: Request) => ExportFormat);
  /** Whose the file is: it begins the key. 1 to 128 of `a-z A-Z 0-9 . _ @ = -`. */
  readonly tenant: (request: Request) => string;
  /**
   * Name of the file, without extension; of what `tenant` is.
   * @default the export's name
   */
  readonly fileName?: (request: Request) => string;
  /**
   * Whether the file is compressed, and gets `.gz`.
   * @default false
   */
  readonly gzip?: boolean | ((request: Request) => boolean);
  /**
   * What is written side by side, each into a file of its own: at most 500 requests like the run's, each for a part of it.
   * The definition's `partitions` says that it is asked. It may be asked again.
   */
  readonly partitions?: (
    request: Request,
    run: StepRun,
  ) => readonly Partition<GivenRequest>[] | Promise<readonly Partition<GivenRequest>[]>;
  /**
   * Whether there is something to read: asked again and again until it answers true, as the definition's `prepare` says.
   * It may be asked again after it has: begin a thing elsewhere under `run.idempotencyKey()`.
   */
  readonly prepare?: (request: Request, run: StepRun) => boolean | Promise<boolean>;
}

export interface Partition<Request> {
  /** Ends its file's name: 1 to 128 of `a-z A-Z 0-9 . _ @ = -`. */
  readonly name: string;
  /** What `readPage` gets for it. */
  readonly request: Request;
}
