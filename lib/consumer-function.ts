import { Duration } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import * as logs from 'aws-cdk-lib/aws-logs';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { bundleEntry } from './bundle-entry.ts';
import type { TaskQueueConsumerProps, TaskQueueProps } from './task-queue-props.ts';
import type { TaskQueueSettings } from './task-queue-settings.ts';

const DEFAULT_MEMORY_MB = 256;

/** Makes the consumer function; its event source is `addQueueEvents`'. */
export function makeConsumerFunction(
  scope: Construct,
  props: TaskQueueProps,
  settings: TaskQueueSettings,
): NodejsFunction {
  const { handler = 'handler', entry, bundling } = props;
  const logGroup =
    props.logGroup ??
    new logs.LogGroup(scope, 'ConsumerLogs', {
      retention: props.logRetention ?? logs.RetentionDays.ONE_MONTH,
    });
  return new NodejsFunction(scope, 'Consumer', {
    code: bundleEntry(scope, entry, bundling),
    handler: handler.includes('.') ? handler : `index.${handler}`,
    runtime: lambda.Runtime.NODEJS_24_X,
    architecture: lambda.Architecture.ARM_64,
    role: makeRole(scope, props, logGroup),
    timeout: props.timeout ?? Duration.seconds(settings.timeoutSeconds),
    memorySize: props.memorySize ?? DEFAULT_MEMORY_MB,
    loggingFormat: lambda.LoggingFormat.JSON,
    logGroup,
    environment: consumerEnvironment(props),
    ...functionOptions(props),
  });
}

function functionOptions(props: TaskQueueConsumerProps): lambda.FunctionOptions {
  const { reservedConcurrentExecutions, tracing, vpc, vpcSubnets, securityGroups, layers } = props;
  return {
    ...(reservedConcurrentExecutions !== undefined && { reservedConcurrentExecutions }),
    ...(tracing && { tracing }),
    ...(vpc && { vpc }),
    ...(vpcSubnets && { vpcSubnets }),
    ...(securityGroups && { securityGroups: [...securityGroups] }),
    ...(layers && { layers: [...layers] }),
  };
}

/**
 * With source maps, an error's stack names the handlers' own files and lines, in logs and in dead letters. They cost
 * some 15 ms of a cold start.
 */
function consumerEnvironment({ bundling, environment }: TaskQueueConsumerProps): Record<string, string> {
  return {
    ...((bundling?.sourcemap ?? true) !== false && { NODE_OPTIONS: '--enable-source-maps' }),
    ...environment,
  };
}

/** In place of the role that CDK would make, whose AWS managed policy allows logging into every log group. */
function makeRole(scope: Construct, { vpc }: TaskQueueConsumerProps, logGroup: logs.ILogGroup): iam.Role {
  const role = new iam.Role(scope, 'ConsumerRole', {
    assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'),
  });
  logGroup.grantWrite(role);
  if (vpc) {
    // Network interfaces alone, for Lambda itself; EC2 gives some of these actions no resource types.
    role.addManagedPolicy(
      iam.ManagedPolicy.fromAwsManagedPolicyName('service-role/AWSLambdaENIManagementAccess'),
    );
  }
  return role;
}

/** Lets the queue invoke the consumer. Partial batch failures are no option: the consumer relies on them. */
export function addQueueEvents(
  consumer: lambda.Function,
  queue: sqs.IQueue,
  props: TaskQueueProps,
  settings: TaskQueueSettings,
): void {
  const { maxBatchingWindow, maxConcurrency } = props;
  consumer.addEventSource(
    new SqsEventSource(queue, {
      batchSize: props.batchSize ?? settings.batchSize,
      reportBatchItemFailures: true,
      ...(maxBatchingWindow && { maxBatchingWindow }),
      ...(maxConcurrency !== undefined && { maxConcurrency }),
    }),
  );
}
