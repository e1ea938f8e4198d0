import type { Location } from '../service.ts';
import type { FunctionConfig } from './lambda-service.ts';

/** https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-loggroups.html */
export function logGroupOf({ name, logGroup }: Pick<FunctionConfig, 'name' | 'logGroup'>): string {
  return logGroup ?? `/aws/lambda/${name}`;
}

/** The access key a function signs with; `functionNameOf` leads back from it. */
export function accessKeyIdOf(functionName: string): string {
  return `${ACCESS_KEY_PREFIX}${functionName}`;
}

/** The function that signs with this access key; undefined when the key is not a function's. */
export function functionNameOf(accessKeyId: string): string | undefined {
  return accessKeyId.startsWith(ACCESS_KEY_PREFIX) ? accessKeyId.slice(ACCESS_KEY_PREFIX.length) : undefined;
}

const ACCESS_KEY_PREFIX = 'function.';

/** What a process needs from the machine to start at all. Nothing else of the developer's shell is passed on. */
const INHERITED = ['PATH', 'SystemRoot'];

/**
 * The whole environment of a handler's process. The function's own variables cannot replace the reserved ones
 * (https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime), nor the
 * endpoint: nothing that runs locally may reach a real account.
 */
export function environmentVariables(options: {
  readonly config: FunctionConfig;
  readonly location: Location;
  readonly taskRoot: string;
  /** Home and temporary files. Were it the developer's home, SDKs would read the profiles in `~/.aws`. */
  readonly scratchFolder: string;
  readonly logStreamName: string;
  /** Tells the requests of one process from those of the function's others. */
  readonly sessionToken: string;
}): Record<string, string> {
  const { config, location, taskRoot, scratchFolder, logStreamName, sessionToken } = options;
  const inherited = INHERITED.map(name => [name, process.env[name] ?? ''] as const).filter(
    ([, value]) => value,
  );
  return {
    ...Object.fromEntries(inherited),
    LANG: 'en_US.UTF-8',
    TZ: ':UTC',
    HOME: scratchFolder,
    TMPDIR: scratchFolder,
    ...config.environment,
    _HANDLER: config.handler,
    AWS_REGION: location.region,
    AWS_DEFAULT_REGION: location.region,
    AWS_EXECUTION_ENV: `AWS_Lambda_${config.runtime}`,
    AWS_LAMBDA_FUNCTION_NAME: config.name,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(config.memoryMb),
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_FORMAT: config.logFormat ?? 'Text',
    ...(config.applicationLogLevel && { AWS_LAMBDA_LOG_LEVEL: config.applicationLogLevel }),
    AWS_LAMBDA_LOG_GROUP_NAME: logGroupOf(config),
    AWS_LAMBDA_LOG_STREAM_NAME: logStreamName,
    AWS_ACCESS_KEY_ID: accessKeyIdOf(config.name),
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_SESSION_TOKEN: sessionToken,
    AWS_ENDPOINT_URL: location.endpoint,
    LAMBDA_TASK_ROOT: taskRoot,
  };
}
