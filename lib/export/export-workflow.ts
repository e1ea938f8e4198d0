import { Aws } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as sns from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { type ExportDefinition, PLAN_STEP } from '../../contract/export/define-export.ts';
import { EXPORT_BUCKET_VARIABLE, filesOf, workOf } from '../../contract/export/export-keys.ts';
import { stepsOf } from '../../contract/workflow/workflow.ts';
import { type AnyBucket, checkBucketProps } from '../own-bucket.ts';
import { OWN_RETRY, toRetryProps } from '../workflow/call-function.ts';
import { TaskState } from '../workflow/task-state.ts';
import { TaskWorkflow } from '../workflow/task-workflow.ts';
import { makeExportBucket } from './export-bucket.ts';
import type { ExportWorkflowProps } from './export-workflow-props.ts';

const DEFAULT_MEMORY_MB = 1024;
const TELL_TOPIC = 'Tell the topic';

/**
 * Exports of any size to S3: a `TaskWorkflow` whose function reads pages and writes one file for each run, with the bucket
 * of the files.
 *
 * @example
 * ```ts
 * const orders = new ExportWorkflow(this, 'Orders', { definition: exportOrders, entry: 'src/export-orders.ts' });
 * orders.workflow.grantStart(apiFunction);
 * orders.grantDownload(apiFunction);
 * ```
 */
export class ExportWorkflow extends Construct {
  /** What runs it: its grants, alarms, function and state machine. */
  readonly workflow: TaskWorkflow;
  readonly bucket: AnyBucket;
  private readonly files: string;

  /** @throws Error naming everything that cannot work */
  constructor(scope: Construct, id: string, props: ExportWorkflowProps) {
    super(scope, id);
    const { definition, topic, environment, states } = props;
    checkBucketProps(this, props);
    if (topic?.fifo) {
      throw new Error(
        `${this.node.path}: topic must be a standard topic, ${topic.node.path} is a FIFO one, which takes no message ` +
          'without a group; give a standard one',
      );
    }
    this.bucket = props.bucket ?? makeExportBucket(this, props);
    this.files = this.bucket.arnForObjects(`${filesOf(definition.name)}*`);
    this.workflow = new TaskWorkflow(this, 'Workflow', {
      memorySize: DEFAULT_MEMORY_MB,
      ...props,
      workflow: topic ? withTopic(definition) : definition,
      environment: { ...environment, [EXPORT_BUCKET_VARIABLE]: this.bucket.bucketName },
      ...(topic && { states: { ...states, [TELL_TOPIC]: tellTopic(this, topic) } }),
    });
    this.letFunctionWrite(definition);
  }

  /**
   * Lets a function, or whatever else has a role, read the files, and so make links that do. Which of them somebody may
   * have is for it to decide.
   */
  grantDownload(grantee: iam.IGrantable): iam.Grant {
    this.bucket.encryptionKey?.grant(grantee, 'kms:Decrypt');
    return this.workflow.grantRead(grantee).combine(this.grantOn(grantee, this.files, 's3:GetObject'));
  }

  private letFunctionWrite({ name, nodes }: ExportDefinition): void {
    const { fn } = this.workflow;
    // A multipart upload reads its parts again. https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html
    this.bucket.encryptionKey?.grant(fn, 'kms:GenerateDataKey', 'kms:Decrypt');
    this.grantOn(
      fn,
      this.files,
      's3:PutObject',
      's3:GetObject',
      's3:AbortMultipartUpload',
      's3:ListMultipartUploadParts',
    );
    // Those of some partitions, when the others fail.
    if (stepsOf(nodes).includes(PLAN_STEP)) this.grantOn(fn, this.files, 's3:DeleteObject');
    const work = this.bucket.arnForObjects(`${workOf(name)}*`);
    this.grantOn(fn, work, 's3:GetObject', 's3:PutObject', 's3:DeleteObject');
    // Whoever may not list a bucket is told of an object that is not there that it is denied.
    // https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
    this.grantOn(fn, this.bucket.bucketArn, 's3:ListBucket', 's3:ListBucketMultipartUploads');
  }

  private grantOn(grantee: iam.IGrantable, resourceArn: string, ...actions: string[]): iam.Grant {
    return iam.Grant.addToPrincipal({ grantee, actions, resourceArns: [resourceArn] });
  }
}

function withTopic(definition: ExportDefinition): ExportDefinition {
  return { ...definition, nodes: [...definition.nodes, { kind: 'states', name: TELL_TOPIC }] };
}

/** CDK's `SnsPublish` would bring every other task of CDK's into each synth: a tenth of what this package takes to load. */
function tellTopic(scope: Construct, { topicArn }: sns.ITopic): TaskState {
  const publish = new TaskState(scope, TELL_TOPIC, {
    stateJson: {
      Type: 'Task',
      QueryLanguage: 'JSONata',
      Resource: `arn:${Aws.PARTITION}:states:::sns:publish`,
      Arguments: {
        TopicArn: topicArn,
        Message: '{% $string({"runId": $states.context.Execution.Name, "file": $states.input}) %}',
      },
      TimeoutSeconds: 60,
      Output: '{% $states.input %}',
    },
    policy: [new iam.PolicyStatement({ actions: ['sns:Publish'], resources: [topicArn] })],
  });
  // The file is complete: that nobody could be told at once is no reason to fail.
  publish.addRetry(toRetryProps(OWN_RETRY));
  return publish;
}
