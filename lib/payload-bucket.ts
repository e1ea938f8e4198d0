import { Duration, type RemovalPolicy } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { type AnyBucket, checkBucketProps, makeOwnBucket } from './own-bucket.ts';

export interface PayloadBucketProps {
  /**
   * An existing bucket. Objects are stored under the names of the task queues. Give it a lifecycle rule of its own that
   * removes them once no dead letter can need them any more.
   * @default a bucket is made: closed to the public, encrypted, TLS only, and emptied of what is `expiration` old
   */
  readonly bucket?: AnyBucket;
  /**
   * Encrypts the bucket. Producers and the consumer are granted its use.
   * @default S3 encrypts with keys of its own (SSE-S3)
   */
  readonly encryptionKey?: kms.IKey;
  /**
   * Age at which the bucket removes what no consumer has removed: the payloads of dead letters, above all. It
   * counts from the send, and is at least as long as a dead letter can be redriven and its run then retried, once. Not of
   * an existing bucket.
   * @default 90 days
   */
  readonly expiration?: Duration;
  /**
   * What becomes of the bucket when the stack is deleted.
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;
}

const DEFAULT_EXPIRATION = Duration.days(90);

/**
 * The S3 bucket that takes payloads too large for SQS, and large results of steps. Several task queues may share it;
 * each has only what is under its own name.
 *
 * @example
 * ```ts
 * const payloadBucket = new PayloadBucket(this, 'Payloads');
 * new TaskQueue(this, 'Imports', { tasks: [importCatalog], entry: 'src/imports.ts', payloadBucket });
 * ```
 */
export class PayloadBucket extends Construct {
  readonly bucket: AnyBucket;
  /** Of an existing bucket, unknown. */
  readonly expiration: Duration | undefined;

  /** @throws Error when an existing bucket is given what only one that is made can have */
  constructor(scope: Construct, id: string, props: PayloadBucketProps = {}) {
    super(scope, id);
    checkBucketProps(this, props);
    const { expiration = DEFAULT_EXPIRATION } = props;
    this.expiration = props.bucket ? undefined : expiration;
    this.bucket = props.bucket ?? makeOwnBucket(this, props, [{ expiration }]);
  }

  /** Lets a producer store the payloads of a queue. */
  grantPut(grantee: iam.IGrantable, queue: sqs.IQueue): iam.Grant {
    this.bucket.encryptionKey?.grant(grantee, 'kms:GenerateDataKey');
    return this.grantOn(grantee, this.objectsOf(queue), 's3:PutObject');
  }

  /** Lets a consumer load, store and delete what the runs of a queue have here. */
  grantConsume(grantee: iam.IGrantable, queue: sqs.IQueue): iam.Grant {
    this.bucket.encryptionKey?.grant(grantee, 'kms:GenerateDataKey', 'kms:Decrypt');
    // Whoever may not list a bucket is told of an object that is not there that it is denied.
    // https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
    return this.grantOn(grantee, this.bucket.bucketArn, 's3:ListBucket').combine(
      this.grantOn(grantee, this.objectsOf(queue), 's3:GetObject', 's3:PutObject', 's3:DeleteObject'),
    );
  }

  private objectsOf(queue: sqs.IQueue): string {
    return this.bucket.arnForObjects(`${queue.queueName}/*`);
  }

  /** The bucket's own grant methods allow whole families of actions. */
  private grantOn(grantee: iam.IGrantable, resourceArn: string, ...actions: string[]): iam.Grant {
    return iam.Grant.addToPrincipal({ grantee, actions, resourceArns: [resourceArn] });
  }
}
