import type { FunctionConfig } from './lambda-service.ts';

/**
 * What `GetFunctionConfiguration` answers, as far as a template says it.
 * https://docs.aws.amazon.com/lambda/latest/api/API_GetFunctionConfiguration.html
 */
export function configurationOf(arn: string, config: FunctionConfig): object {
  const { name, handler, runtime, timeoutSeconds, memoryMb, environment } = config;
  return {
    FunctionName: name,
    FunctionArn: arn,
    Handler: handler,
    Runtime: runtime,
    Timeout: timeoutSeconds,
    MemorySize: memoryMb,
    ...(Object.keys(environment).length > 0 && { Environment: { Variables: environment } }),
    State: 'Active',
    LastUpdateStatus: 'Successful',
    Version: '$LATEST',
  };
}
