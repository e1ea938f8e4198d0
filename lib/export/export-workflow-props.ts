import type { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type { ExportDefinition } from '../../contract/export/define-export.ts';
import type { AnyBucket } from '../own-bucket.ts';
import type { TaskWorkflowProps } from '../workflow/task-workflow-props.ts';

export interface ExportWorkflowProps extends Omit<TaskWorkflowProps, 'workflow' | 'memorySize'> {
  /** What `defineExport` made; `entry` exports what `createExport` made of it. */
  readonly definition: ExportDefinition;
  /**
   * An existing bucket. Give it lifecycle rules of its own: files are under `exports/`, and what is half-made under
   * `exports-in-progress/` and in multipart uploads.
   * @default a bucket is made: closed to the public, encrypted, TLS only, with these rules
   */
  readonly bucket?: AnyBucket;
  /**
   * Encrypts the bucket.
   * @default S3 encrypts with keys of its own (SSE-S3)
   */
  readonly encryptionKey?: kms.IKey;
  /**
   * Age at which the bucket removes files. Not of an existing bucket.
   * @default 30 days
   */
  readonly expiration?: Duration;
  /**
   * What becomes of the bucket when the stack is deleted.
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;
  /**
   * A standard topic that is told of each file, as JSON: `{ runId, file }`.
   * @default nobody is told but by the definition's `notify`
   */
  readonly topic?: sns.ITopic;
  /**
   * In MB; the CPU grows with it, and with that the rows a second.
   * @default 1024
   */
  readonly memorySize?: number;
}
