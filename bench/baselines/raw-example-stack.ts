import {
  CfnOutput,
  CfnParameter,
  aws_cloudwatch as cloudwatch,
  Duration,
  aws_dynamodb as dynamodb,
  RemovalPolicy,
  Stack,
  type StackProps,
} from 'aws-cdk-lib';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { EventField, Rule, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { Architecture, FunctionUrlAuthType, LoggingFormat, Runtime } from 'aws-cdk-lib/aws-lambda';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { BlockPublicAccess, Bucket, BucketEncryption, type CfnBucket } from 'aws-cdk-lib/aws-s3';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';

/** The resources of `examples/app/stack.ts` as one would write them without the library. */
export class RawExampleStack extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const environment = {
      SMTP_HOST: new CfnParameter(this, 'SmtpHost', { default: '127.0.0.1' }).valueAsString,
      SMTP_PORT: new CfnParameter(this, 'SmtpPort', { default: '2525' }).valueAsString,
      EXTERNAL_URL: new CfnParameter(this, 'ExternalUrl', { default: 'http://127.0.0.1:2526' }).valueAsString,
    };
    const images = new Bucket(this, 'Images', {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
    });
    const operations = new Topic(this, 'Operations', { enforceSSL: true });
    const runs = makeTable(this);

    const jobs = addQueue(this, 'Jobs', {
      entry: 'examples/app/consumer.ts',
      timeoutSeconds: 33,
      memorySize: 1024,
      maxConcurrency: 4,
      environment: { ...environment, BUCKET: images.bucketName },
      runs,
      operations,
    });
    images.grantRead(jobs.consumer, 'uploads/*');
    images.grantRead(jobs.consumer, 'inbox/*');
    images.grantPut(jobs.consumer, 'avatars/*');
    addTrigger(this, images, jobs.queue, operations);
    addQueue(this, 'Unruly', {
      entry: 'examples/app/unruly-consumer.ts',
      timeoutSeconds: 4,
      memorySize: 256,
      environment: {},
      runs,
      operations,
    });

    const api = new NodejsFunction(this, 'Api', {
      entry: 'examples/app/api.ts',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: 512,
      bundling: BUNDLING,
      environment: {
        BACKGROUND_JOBS: this.toJsonString([{ url: jobs.queue.queueUrl, table: runs.tableName }]),
      },
    });
    jobs.queue.grantSendMessages(api);
    runs.grantWriteData(api);
    const url = api.addFunctionUrl({ authType: FunctionUrlAuthType.AWS_IAM });
    new CfnOutput(this, 'ApiUrl', { value: url.url });
    new CfnOutput(this, 'ImagesBucket', { value: images.bucketName });
  }
}

export const BUNDLING = { minify: true, bundleAwsSDK: true, mainFields: ['module', 'main'] };

function makeTable(scope: Construct): dynamodb.Table {
  const { STRING, NUMBER } = dynamodb.AttributeType;
  const table = new dynamodb.Table(scope, 'Runs', {
    partitionKey: { name: 'runId', type: STRING },
    timeToLiveAttribute: 'expiresAt',
    billingMode: dynamodb.BillingMode.PAY_PER_REQUEST,
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    removalPolicy: RemovalPolicy.RETAIN,
  });
  for (const [indexName, partitionKey, sortKey] of [
    ['byTask', 'listKey', 'createdAt'],
    ['deadLetters', 'deadLetterKey', 'finishedAt'],
  ] as const) {
    table.addGlobalSecondaryIndex({
      indexName,
      partitionKey: { name: partitionKey, type: STRING },
      sortKey: { name: sortKey, type: NUMBER },
      projectionType: dynamodb.ProjectionType.KEYS_ONLY,
    });
  }
  return table;
}

interface QueueOptions {
  readonly entry: string;
  readonly timeoutSeconds: number;
  readonly memorySize: number;
  readonly maxConcurrency?: number;
  readonly environment: Record<string, string>;
  readonly runs: dynamodb.Table;
  readonly operations: Topic;
}

function addQueue(scope: Construct, id: string, options: QueueOptions) {
  const { entry, timeoutSeconds, memorySize, maxConcurrency, environment, runs, operations } = options;
  const protection = { enforceSSL: true, encryption: QueueEncryption.SQS_MANAGED };
  const deadLetterQueue = new Queue(scope, `${id}DeadLetters`, {
    ...protection,
    retentionPeriod: Duration.days(14),
  });
  const queue = new Queue(scope, `${id}Queue`, {
    ...protection,
    visibilityTimeout: Duration.seconds(6 * timeoutSeconds),
    retentionPeriod: Duration.days(4),
    deadLetterQueue: { queue: deadLetterQueue, maxReceiveCount: 33 },
  });
  const consumer = new NodejsFunction(scope, `${id}Consumer`, {
    entry,
    runtime: Runtime.NODEJS_24_X,
    architecture: Architecture.ARM_64,
    timeout: Duration.seconds(timeoutSeconds),
    memorySize,
    loggingFormat: LoggingFormat.JSON,
    logGroup: new LogGroup(scope, `${id}Logs`, { retention: RetentionDays.ONE_MONTH }),
    bundling: { ...BUNDLING, keepNames: true, sourceMap: true, sourcesContent: false },
    environment: {
      ...environment,
      NODE_OPTIONS: '--enable-source-maps',
      BACKGROUND_JOBS: Stack.of(scope).toJsonString([{ url: queue.queueUrl, table: runs.tableName }]),
    },
  });
  consumer.addEventSource(
    new SqsEventSource(queue, {
      batchSize: 10,
      reportBatchItemFailures: true,
      ...(maxConcurrency !== undefined && { maxConcurrency }),
    }),
  );
  runs.grantWriteData(consumer);
  deadLetterQueue.grantSendMessages(consumer);
  const backlogAge = new cloudwatch.Metric({
    namespace: 'BackgroundJobs',
    metricName: 'BacklogAge',
    dimensionsMap: { QueueName: queue.queueName },
    statistic: cloudwatch.Stats.MAXIMUM,
  });
  const letters = deadLetterQueue.metricApproximateNumberOfMessagesVisible();
  addAlarms(scope, id, operations, {
    DeadLetters: { metric: letters, threshold: 0 },
    Neglected: { metric: letters.with({ period: Duration.days(1) }), threshold: 0 },
    Age: { metric: queue.metricApproximateAgeOfOldestMessage(), threshold: 1200 },
    BacklogAge: { metric: backlogAge, threshold: 1200 },
    Errors: { metric: consumer.metricErrors(), threshold: 0 },
    Throttles: { metric: consumer.metricThrottles(), threshold: 0 },
  });
  return { queue, consumer };
}

function addAlarms(
  scope: Construct,
  id: string,
  operations: Topic,
  watched: Readonly<Record<string, { readonly metric: cloudwatch.Metric; readonly threshold: number }>>,
): void {
  for (const [name, { metric, threshold }] of Object.entries(watched)) {
    metric
      .createAlarm(scope, `${id}${name}Alarm`, {
        threshold,
        evaluationPeriods: 1,
        comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
        treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
      })
      .addAlarmAction(new SnsAction(operations));
  }
}

/** A task for each object that comes into `inbox/`. */
function addTrigger(scope: Construct, images: Bucket, queue: Queue, operations: Topic): void {
  (images.node.defaultChild as CfnBucket).notificationConfiguration = {
    eventBridgeConfiguration: { eventBridgeEnabled: true },
  };
  const undelivered = new Queue(scope, 'Undelivered', {
    enforceSSL: true,
    encryption: QueueEncryption.SQS_MANAGED,
    retentionPeriod: Duration.days(14),
  });
  const { bucketName } = images;
  new Rule(scope, 'Uploaded', {
    eventPattern: {
      source: ['aws.s3'],
      detailType: ['Object Created'],
      detail: { bucket: { name: [bucketName] }, object: { key: [{ prefix: 'inbox/' }] } },
    },
    targets: [
      new SqsQueue(queue, {
        deadLetterQueue: undelivered,
        message: RuleTargetInput.fromObject({
          task: 'inspect-upload',
          messageId: EventField.eventId,
          payload: {
            key: EventField.fromPath('$.detail.object.key'),
            size: EventField.fromPath('$.detail.object.size'),
          },
        }),
      }),
    ],
  });
  const metric = undelivered.metricApproximateNumberOfMessagesVisible();
  addAlarms(scope, 'Undelivered', operations, { Messages: { metric, threshold: 0 } });
}
