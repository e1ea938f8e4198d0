import { RemovalPolicy } from 'aws-cdk-lib';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';

/** The class is named since it is no `IBucket` under TypeScript's `exactOptionalPropertyTypes`. */
export type AnyBucket = s3.IBucket | s3.Bucket;

export interface OwnBucketProps {
  readonly encryptionKey?: kms.IKey;
  readonly removalPolicy?: RemovalPolicy;
}

/** A bucket of a construct's own: closed to the public, encrypted, TLS only. */
export function makeOwnBucket(
  scope: Construct,
  { encryptionKey, removalPolicy = RemovalPolicy.RETAIN }: OwnBucketProps,
  lifecycleRules: s3.LifecycleRule[],
): s3.Bucket {
  return new s3.Bucket(scope, 'Bucket', {
    blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
    enforceSSL: true,
    encryption: encryptionKey ? s3.BucketEncryption.KMS : s3.BucketEncryption.S3_MANAGED,
    ...(encryptionKey && { encryptionKey, bucketKeyEnabled: true }),
    lifecycleRules,
    removalPolicy,
  });
}

const OF_OWN_BUCKET = ['encryptionKey', 'expiration', 'removalPolicy'] as const;

/** @throws Error when an existing bucket is given what only one that is made can have */
export function checkBucketProps(
  scope: Construct,
  props: { readonly bucket?: AnyBucket } & { readonly [Name in (typeof OF_OWN_BUCKET)[number]]?: unknown },
): void {
  const given = OF_OWN_BUCKET.filter(name => props[name] !== undefined);
  if (!props.bucket || given.length === 0) return;
  throw new Error(
    `${scope.node.path}: ${given.join(', ')} must not be given with an existing bucket; set it on ` +
      `${props.bucket.node.path} itself`,
  );
}
