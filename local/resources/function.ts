import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { numberAt, objectAt, oneOfAt, onlyKnown, required, stringAt } from '../json-value.ts';
import { StartError } from '../start-error.ts';
import { physicalName } from './physical-name.ts';
import type { ResourceRequest, ResourceType } from './resource-type.ts';

const MAX_NAME_LENGTH = 64;
const DEFAULT_TIMEOUT_SECONDS = 3;
const DEFAULT_MEMORY_MB = 128;

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-function.html */
export const lambdaFunction: ResourceType = {
  properties: [
    'Code',
    'Environment',
    'FunctionName',
    'Handler',
    'MemorySize',
    'PackageType',
    'ReservedConcurrentExecutions',
    'Runtime',
    'Timeout',
  ],
  withoutEffect: [
    'Architectures',
    'CodeSigningConfigArn',
    'Description',
    'EphemeralStorage',
    'KmsKeyArn',
    // Lines go to the console as they are written.
    'LoggingConfig',
    // Chains of SQS → Lambda → SQS are not counted.
    'RecursiveLoop',
    // Functions call with credentials that may do everything.
    'Role',
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
    const environment = variablesOf(request);
    const reservedConcurrency = numberAt(properties, 'ReservedConcurrentExecutions');
    const config = {
      name: stringAt(properties, 'FunctionName') ?? physicalName(request, MAX_NAME_LENGTH),
      handler: required(stringAt(properties, 'Handler'), 'Handler'),
      runtime: required(stringAt(properties, 'Runtime'), 'Runtime'),
      timeoutSeconds: numberAt(properties, 'Timeout') ?? DEFAULT_TIMEOUT_SECONDS,
      memoryMb: numberAt(properties, 'MemorySize') ?? DEFAULT_MEMORY_MB,
      environment: { ...environment, ...request.environment },
      ...(reservedConcurrency === undefined ? {} : { reservedConcurrency }),
    };
    const { name, arn, initialize } = await withCode(request, codeDirectory =>
      cloud.lambda.createFunction({ ...config, codeDirectory }),
    );
    return {
      ref: name,
      attributes: { Arn: arn },
      summary: { kind: 'function', name, arn, environment },
      async initialize() {
        const error = await initialize();
        if (error)
          throw new StartError(`the function does not start: ${error.errorType}: ${error.errorMessage}`);
      },
    };
  },
};

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
