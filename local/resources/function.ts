import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type JsonObject,
  numberAt,
  objectAt,
  oneOfAt,
  onlyKnown,
  required,
  stringAt,
} from '../json-value.ts';
import { logGroupOf } from '../lambda/environment-variables.ts';
import type { FunctionError } from '../lambda/function-api.ts';
import type { FunctionConfig } from '../lambda/lambda-service.ts';
import { StartError } from '../start-error.ts';
import { deadLetterQueueOf } from './destination.ts';
import { requireDestination } from './execution-role.ts';
import { functionOf } from './function-of.ts';
import { checkFunctionSettings } from './function-settings.ts';
import { physicalName } from './physical-name.ts';
import type { LiveResource, ResourceRequest, ResourceType } from './resource-type.ts';

const MAX_NAME_LENGTH = 64;
const DEFAULT_TIMEOUT_SECONDS = 3;
const DEFAULT_MEMORY_MB = 128;

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-function.html */
export const lambdaFunction: ResourceType = {
  properties: [
    'Code',
    'DeadLetterConfig',
    'Environment',
    'FunctionName',
    'Handler',
    'LoggingConfig',
    'MemorySize',
    'PackageType',
    'RecursiveLoop',
    'ReservedConcurrentExecutions',
    'Role',
    'Runtime',
    'Timeout',
  ],
  withoutEffect: [
    'Architectures',
    'CodeSigningConfigArn',
    'Description',
    'EphemeralStorage',
    'KmsKeyArn',
    'RuntimeManagementConfig',
    'SnapStart',
    'Tags',
    'TracingConfig',
    // Functions run on this machine and use its network.
    'VpcConfig',
  ],

  async create(request) {
    const { properties, cloud } = request;
    oneOfAt(properties, 'PackageType', ['Zip']);
    const deadLetterArn = stringAt(objectAt(properties, 'DeadLetterConfig') ?? {}, 'TargetArn');
    const deadLetterQueue = deadLetterArn === undefined ? undefined : deadLetterQueueOf(deadLetterArn, cloud);
    const config = configOf(request);
    const { name, arn, initialize } = await withCode(request, codeDirectory =>
      cloud.lambda.createFunction({ ...config, codeDirectory }),
    );
    if (deadLetterQueue) cloud.lambda.configureAsync(name, { deadLetterQueue });
    giveRole(request, config);
    return {
      ...describe(request, name, arn),
      async initialize() {
        if (deadLetterArn !== undefined) requireDestination(cloud, name, deadLetterArn);
        mustStart(await initialize());
      },
    };
  },

  replacement: {
    properties: [
      'Code',
      'Description',
      'Environment',
      'Handler',
      'LoggingConfig',
      'MemorySize',
      'ReservedConcurrentExecutions',
      'Runtime',
      'Tags',
      'Timeout',
    ],
    async replace(request) {
      const { lambda } = request.cloud;
      const config = configOf(request);
      mustStart(
        await withCode(request, codeDirectory => lambda.replaceFunction({ ...config, codeDirectory })),
      );
      giveRole(request, config);
      return describe(request, config.name, functionOf(config.name, request.cloud).arn);
    },
  },
};

function describe(request: ResourceRequest, name: string, arn: string): LiveResource {
  const environment = variablesOf(request);
  return { ref: name, attributes: { Arn: arn }, summary: { kind: 'function', name, arn, environment } };
}

function giveRole(
  { properties, cloud }: ResourceRequest,
  config: Pick<FunctionConfig, 'name' | 'logGroup'>,
): void {
  const roleArn = stringAt(properties, 'Role');
  if (roleArn !== undefined) cloud.permissions.giveRole(config.name, roleArn, logGroupOf(config));
}

function mustStart(error: FunctionError | undefined): void {
  if (error) throw new StartError(`the function does not start: ${error.errorType}: ${error.errorMessage}`);
}

function configOf(request: ResourceRequest): Omit<FunctionConfig, 'codeDirectory'> {
  const { properties } = request;
  const reservedConcurrency = numberAt(properties, 'ReservedConcurrentExecutions');
  const variables = variablesOf(request);
  const limited = {
    timeoutSeconds: numberAt(properties, 'Timeout') ?? DEFAULT_TIMEOUT_SECONDS,
    memoryMb: numberAt(properties, 'MemorySize') ?? DEFAULT_MEMORY_MB,
    ...(reservedConcurrency === undefined ? {} : { reservedConcurrency }),
  };
  checkFunctionSettings({ ...limited, variables });
  return {
    name: stringAt(properties, 'FunctionName') ?? physicalName(request, MAX_NAME_LENGTH),
    handler: required(stringAt(properties, 'Handler'), 'Handler'),
    runtime: required(stringAt(properties, 'Runtime'), 'Runtime'),
    environment: { ...variables, ...request.environment },
    allowRecursion: oneOfAt(properties, 'RecursiveLoop', ['Allow', 'Terminate']) === 'Allow',
    ...loggingOf(properties),
    ...limited,
  };
}

/** The level of what the service itself writes has no effect: it writes nothing but errors. */
function loggingOf(
  properties: JsonObject,
): Pick<FunctionConfig, 'logGroup' | 'logFormat' | 'applicationLogLevel'> {
  const logging = objectAt(properties, 'LoggingConfig') ?? {};
  onlyKnown(logging, ['ApplicationLogLevel', 'LogFormat', 'LogGroup', 'SystemLogLevel']);
  const applicationLogLevel = stringAt(logging, 'ApplicationLogLevel');
  const logGroup = stringAt(logging, 'LogGroup');
  return {
    ...(logGroup === undefined ? {} : { logGroup }),
    logFormat: oneOfAt(logging, 'LogFormat', ['JSON', 'Text']) ?? 'Text',
    ...(applicationLogLevel === undefined ? {} : { applicationLogLevel }),
  };
}

function variablesOf({ properties }: ResourceRequest): Record<string, string> {
  const variables = objectAt(objectAt(properties, 'Environment') ?? {}, 'Variables') ?? {};
  return Object.fromEntries(
    Object.keys(variables).map(name => [name, required(stringAt(variables, name), name)]),
  );
}

/** Calls `create` with the folder of the code, of which it takes a copy. */
async function withCode<T>(
  { properties, assets }: ResourceRequest,
  create: (folder: string) => T,
): Promise<T> {
  const code = required(objectAt(properties, 'Code'), 'Code');
  onlyKnown(code, ['S3Bucket', 'S3Key', 'ZipFile', 'SourceKMSKeyArn']);
  const inline = stringAt(code, 'ZipFile');
  if (inline !== undefined) return withInlineCode(inline, create);

  const key = required(stringAt(code, 'S3Key'), 'Code.S3Key');
  const folder = assets.get(key);
  if (folder === undefined) throw new StartError(`Code.S3Key ${key} is not an asset of this cloud assembly`);
  if (!(await stat(folder)).isDirectory()) {
    throw new StartError(
      `the code is the archive ${folder}; give CDK its folder, archives are not supported`,
    );
  }
  return create(folder);
}

/** CloudFormation puts inline code into a file named index. */
async function withInlineCode<T>(source: string, create: (folder: string) => T): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'background-jobs-inline-'));
  try {
    await writeFile(join(folder, 'index.js'), source);
    return create(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
