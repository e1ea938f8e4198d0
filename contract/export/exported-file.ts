/** A file that an export has made: the output of its run. */
export interface ExportedFile {
  readonly bucket: string;
  readonly key: string;
  /** What a browser may save it as. */
  readonly fileName: string;
  readonly contentType: string;
  /** Of a manifest, those of all its files. */
  readonly rows: number;
  readonly bytes: number;
  /** Of its bytes, in eight hexadecimal digits. */
  readonly crc32: string;
}

/** What is in the file that an export in partitions ends with: all the others. */
export interface ExportManifest {
  readonly export: string;
  readonly runId: string;
  readonly rows: number;
  /** Of all files together. */
  readonly bytes: number;
  /** One for each partition, in their order. */
  readonly files: readonly ExportedFile[];
}
