import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { FILES_PREFIX, WORK_PREFIX } from '../../contract/export/export-keys.ts';
import type { ExportWorkflowProps } from './export-workflow-props.ts';

const DEFAULT_EXPIRATION = Duration.days(30);

/** The net under what a run removes by itself: after its timeout, nothing half-made is of use. */
export function makeExportBucket(scope: Construct, props: ExportWorkflowProps): s3.Bucket {
  const { definition, encryptionKey, expiration = DEFAULT_EXPIRATION, removalPolicy } = props;
  const halfMade = Duration.days(Math.ceil(definition.timeoutSeconds / 86_400) + 1);
  return new s3.Bucket(scope, 'Bucket', {
    blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
    enforceSSL: true,
    encryption: encryptionKey ? s3.BucketEncryption.KMS : s3.BucketEncryption.S3_MANAGED,
    ...(encryptionKey && { encryptionKey, bucketKeyEnabled: true }),
    lifecycleRules: [
      { prefix: FILES_PREFIX, expiration },
      { prefix: WORK_PREFIX, expiration: halfMade },
      { abortIncompleteMultipartUploadAfter: halfMade },
    ],
    removalPolicy: removalPolicy ?? RemovalPolicy.RETAIN,
  });
}
