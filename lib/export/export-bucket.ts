import { Duration } from 'aws-cdk-lib';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { FILES_PREFIX, WORK_PREFIX } from '../../contract/export/export-keys.ts';
import { makeOwnBucket } from '../own-bucket.ts';
import type { ExportWorkflowProps } from './export-workflow-props.ts';

const DEFAULT_EXPIRATION = Duration.days(30);

/** The net under what a run removes by itself: after its timeout, nothing half-made is of use. */
export function makeExportBucket(scope: Construct, props: ExportWorkflowProps): s3.Bucket {
  const { definition, expiration = DEFAULT_EXPIRATION } = props;
  const halfMade = Duration.days(Math.ceil(definition.timeoutSeconds / 86_400) + 1);
  return makeOwnBucket(scope, props, [
    { prefix: FILES_PREFIX, expiration },
    { prefix: WORK_PREFIX, expiration: halfMade },
    { abortIncompleteMultipartUploadAfter: halfMade },
  ]);
}
