import { CfnOutput, CfnParameter, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import { Match } from 'aws-cdk-lib/aws-events';
import { Architecture, FunctionUrlAuthType, Runtime } from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import { BlockPublicAccess, Bucket, BucketEncryption, type CfnBucket } from 'aws-cdk-lib/aws-s3';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { S3ObjectCreatedNotificationEvent } from 'aws-lambda';
import { RunTable, TaskEventTrigger, TaskQueue } from 'cdk-background-jobs';
import type { Ref } from 'cdk-background-jobs/tasks';
import type { Construct } from 'constructs';
import {
  crashProcess,
  hangForever,
  inspectUpload,
  resizeAvatar,
  sendWelcomeEmail,
  syncExternal,
} from './tasks.ts';

/** Two task queues that share a run table, an API in front of one of them, and the alarms of both on one topic. */
export class ExampleStack extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);

    const smtpHost = new CfnParameter(this, 'SmtpHost', {
      default: '127.0.0.1',
      description: 'The mail server',
    });
    const smtpPort = new CfnParameter(this, 'SmtpPort', { default: '2525' });
    const externalUrl = new CfnParameter(this, 'ExternalUrl', {
      default: 'http://127.0.0.1:2526',
      description: 'The service that sync-external calls',
    });

    const images = new Bucket(this, 'Images', {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
    });
    const runs = new RunTable(this, 'Runs');

    const jobs = new TaskQueue(this, 'Jobs', {
      tasks: [resizeAvatar, inspectUpload, sendWelcomeEmail, syncExternal],
      entry: 'examples/app/consumer.ts',
      runTable: runs,
      memorySize: 1024,
      maxConcurrency: 4,
      unknownTaskGrace: Duration.seconds(5),
      environment: {
        BUCKET: images.bucketName,
        SMTP_HOST: smtpHost.valueAsString,
        SMTP_PORT: smtpPort.valueAsString,
        EXTERNAL_URL: externalUrl.valueAsString,
      },
    });
    images.grantRead(jobs.consumer, 'uploads/*');
    images.grantRead(jobs.consumer, 'inbox/*');
    images.grantPut(jobs.consumer, 'avatars/*');

    // What `eventBridgeEnabled` does, without its custom resource.
    (images.node.defaultChild as CfnBucket).notificationConfiguration = {
      eventBridgeConfiguration: { eventBridgeEnabled: true },
    };
    new TaskEventTrigger(this, 'Uploaded', {
      task: inspectUpload,
      queue: jobs,
      eventPattern: {
        source: ['aws.s3'],
        detailType: ['Object Created'],
        detail: { bucket: { name: [images.bucketName] }, object: { key: Match.prefix('inbox/') } },
      },
      payload: ({ detail: { object } }: Ref<S3ObjectCreatedNotificationEvent>) => ({
        key: object.key,
        size: object.size,
      }),
    });

    const unruly = new TaskQueue(this, 'Unruly', {
      tasks: [hangForever, crashProcess],
      entry: 'examples/app/unruly-consumer.ts',
      runTable: runs,
    });

    const api = new NodejsFunction(this, 'Api', {
      entry: 'examples/app/api.ts',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: 512,
      bundling: { minify: true, bundleAwsSDK: true, mainFields: ['module', 'main'] },
    });
    jobs.grantSend(api);
    const url = api.addFunctionUrl({ authType: FunctionUrlAuthType.AWS_IAM });

    const operations = new Topic(this, 'Operations', { enforceSSL: true });
    for (const queue of [jobs, unruly]) queue.alarms.notify(operations);

    new CfnOutput(this, 'ApiUrl', { value: url.url });
    new CfnOutput(this, 'ImagesBucket', { value: images.bucketName });
  }
}
