import type { buildApp } from 'fauxqs';

/** The parts of fauxqs that the adapter builds on, named from the one function it exports. */
export type App = ReturnType<typeof buildApp>;
export type FauxqsStores = NonNullable<NonNullable<Parameters<typeof buildApp>[0]>['stores']>;
type FauxqsS3Store = FauxqsStores['s3Store'];

/** What fauxqs's S3 routes ask of their store, without lifecycles and renaming, which are refused before. */
export type S3Store = Pick<
  FauxqsS3Store,
  | 'createBucket'
  | 'deleteBucket'
  | 'hasBucket'
  | 'listBuckets'
  | 'putObject'
  | 'getObject'
  | 'headObject'
  | 'deleteObject'
  | 'deleteObjects'
  | 'listObjects'
  | 'createMultipartUpload'
  | 'uploadPart'
  | 'completeMultipartUpload'
  | 'abortMultipartUpload'
>;

export type S3Object = ReturnType<S3Store['getObject']>;
export type ListOptions = NonNullable<Parameters<S3Store['listObjects']>[1]>;
export type ListPage = ReturnType<S3Store['listObjects']>;
export type SystemMetadata = NonNullable<Parameters<S3Store['putObject']>[5]>;
export type ObjectChecksum = NonNullable<Parameters<S3Store['putObject']>[6]>;
export type ChecksumAlgorithm = ObjectChecksum['algorithm'];
