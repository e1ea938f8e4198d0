import type { Duration } from 'aws-cdk-lib';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import * as logs from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { bundleEntry, tellSource } from './bundle-entry.ts';
import type { EntryBundling, EntrySource } from './entry-source.ts';
import type { PayloadBucket } from './payload-bucket.ts';

/** What is the same for every function that this package makes of a user's entry. */
export interface EntryFunctionProps {
  readonly entry: string;
  /** Name of the entry's export. @default 'handler' */
  readonly handler?: string;
  readonly timeout: Duration;
  /** In MB. @default 256 */
  readonly memorySize?: number;
  readonly environment?: Readonly<Record<string, string>>;
  readonly bundling?: EntryBundling;
  /**
   * Packages of Lambda's runtime that stay out of the bundle unless it needs them at its start, beside the credential
   * providers, which always do.
   * @default none
   */
  readonly rarelyNeeded?: readonly string[];
  readonly logGroup?: logs.ILogGroup;
  /** @default one month */
  readonly logRetention?: logs.RetentionDays;
  readonly reservedConcurrentExecutions?: number;
  readonly tracing?: lambda.Tracing;
  readonly vpc?: ec2.IVpc;
  readonly vpcSubnets?: ec2.SubnetSelection;
  readonly securityGroups?: readonly ec2.ISecurityGroup[];
  readonly layers?: readonly lambda.ILayerVersion[];
}

/** Loaded for the first run that has something in the payload bucket. */
const S3_CLIENT = '@aws-sdk/client-s3';
/** Loaded when a function first sends something for later. */
const SCHEDULER_CLIENT = '@aws-sdk/client-scheduler';

/**
 * Where else the AWS SDK looks for credentials. Lambda gives them by environment variables, which nobody else can set, so
 * no function comes so far; they are a quarter of a consumer's bundle and a seventh of the time that it takes to load.
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
 */
const CREDENTIAL_PROVIDERS = ['ini', 'process', 'sso', 'web-identity'].map(
  source => `@aws-sdk/credential-provider-${source}`,
);

/** @param payloadBuckets those of the queues that the function is known to send to, or consumes */
export function clientsNotNeeded(payloadBuckets: readonly (PayloadBucket | undefined)[]): readonly string[] {
  return payloadBuckets.some(bucket => bucket !== undefined)
    ? [SCHEDULER_CLIENT]
    : [SCHEDULER_CLIENT, S3_CLIENT];
}

const DEFAULT_MEMORY_MB = 256;

/** @param id of the function; its role and its log group are named after it */
export function makeEntryFunction(scope: Construct, id: string, props: EntryFunctionProps): NodejsFunction {
  const { handler = 'handler', entry, bundling: options = {}, rarelyNeeded = [] } = props;
  const source: EntrySource = { entry, options, rarelyNeeded: [...CREDENTIAL_PROVIDERS, ...rarelyNeeded] };
  const logGroup =
    props.logGroup ??
    new logs.LogGroup(scope, `${id}Logs`, {
      retention: props.logRetention ?? logs.RetentionDays.ONE_MONTH,
    });
  const fn = new NodejsFunction(scope, id, {
    code: bundleEntry(scope, source),
    handler: handler.includes('.') ? handler : `index.${handler}`,
    runtime: lambda.Runtime.NODEJS_24_X,
    architecture: lambda.Architecture.ARM_64,
    role: makeRole(scope, `${id}Role`, props, logGroup),
    timeout: props.timeout,
    memorySize: props.memorySize ?? DEFAULT_MEMORY_MB,
    loggingFormat: lambda.LoggingFormat.JSON,
    logGroup,
    environment: entryEnvironment(props),
    ...functionOptions(props),
  });
  tellSource(fn, source);
  return fn;
}

function functionOptions(props: EntryFunctionProps): lambda.FunctionOptions {
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
function entryEnvironment({ bundling, environment }: EntryFunctionProps): Record<string, string> {
  return {
    ...((bundling?.sourcemap ?? true) !== false && { NODE_OPTIONS: '--enable-source-maps' }),
    ...environment,
  };
}

/** In place of the role that CDK would make, whose AWS managed policy allows logging into every log group. */
function makeRole(
  scope: Construct,
  id: string,
  { vpc }: EntryFunctionProps,
  logGroup: logs.ILogGroup,
): iam.Role {
  const role = new iam.Role(scope, id, { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
  logGroup.grantWrite(role);
  if (vpc) {
    // Network interfaces alone, for Lambda itself; EC2 gives some of these actions no resource types.
    role.addManagedPolicy(
      iam.ManagedPolicy.fromAwsManagedPolicyName('service-role/AWSLambdaENIManagementAccess'),
    );
  }
  return role;
}
