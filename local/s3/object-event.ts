import type { S3Object } from './fauxqs-types.ts';

/** What was done to an object, by the name that S3's events give it. */
export type ObjectChangeReason = 'PutObject' | 'CopyObject' | 'CompleteMultipartUpload' | 'DeleteObject';

export interface ObjectChange {
  readonly bucket: string;
  readonly key: string;
  readonly reason: ObjectChangeReason;
  /** Undefined for one that is no more. */
  readonly object: S3Object | undefined;
  /** Later changes have greater ones, as texts. */
  readonly sequencer: string;
}

/**
 * What S3 tells EventBridge. Keys are as they are, where S3's own notifications have them encoded.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html
 */
export function objectEvent({ bucket, key, reason, object, sequencer }: ObjectChange, accountId: string) {
  const described = object && { size: object.contentLength, etag: object.etag.replaceAll('"', '') };
  return {
    source: 'aws.s3',
    'detail-type': object ? 'Object Created' : 'Object Deleted',
    resources: [`arn:aws:s3:::${bucket}`],
    detail: {
      version: '0',
      bucket: { name: bucket },
      object: { key, ...described, sequencer },
      // There is one change a request, but for DeleteObjects.
      'request-id': sequencer,
      requester: accountId,
      'source-ip-address': '127.0.0.1',
      reason,
      ...(!object && { 'deletion-type': 'Permanently Deleted' }),
    },
  };
}
