import { StartError } from '../../local/start-error.ts';
import type { StackReader, StackResource } from './stack-contents.ts';

/** What the constructor of an AWS SDK client takes, beside what it finds by itself. */
export interface AwsOptions {
  readonly profile?: string;
  readonly region?: string;
}

/** Reads stacks by CloudFormation and Lambda, whose clients only a command with `--stack` needs. */
export async function createStackReader(options: AwsOptions): Promise<StackReader> {
  const [
    { CloudFormationClient, paginateListStackResources },
    { GetFunctionConfigurationCommand, LambdaClient },
  ] = await Promise.all([import('@aws-sdk/client-cloudformation'), import('@aws-sdk/client-lambda')]);
  const cloudFormation = new CloudFormationClient(options);
  const lambda = new LambdaClient(options);
  return {
    async listResources(StackName) {
      const resources: StackResource[] = [];
      try {
        for await (const page of paginateListStackResources({ client: cloudFormation }, { StackName })) {
          for (const {
            ResourceType: type,
            PhysicalResourceId: physicalId,
            ResourceStatus,
          } of page.StackResourceSummaries ?? []) {
            // One whose creation failed or is still to come has no id; a deleted one is listed until the stack is.
            if (type && physicalId && ResourceStatus !== 'DELETE_COMPLETE')
              resources.push({ type, physicalId });
          }
        }
      } catch (error) {
        if (!(error instanceof Error) || !/does not exist$/.test(error.message)) throw error;
        const region = await cloudFormation.config.region();
        throw new StartError(
          `there is no stack ${StackName} in ${region} of the account that the credentials are for; choose another ` +
            'with --stack, --region or --profile',
          { cause: error },
        );
      }
      return resources;
    },
    async environmentOf(FunctionName) {
      const { Environment } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
      if (Environment?.Error) {
        const { ErrorCode, Message } = Environment.Error;
        throw new StartError(
          `the environment of function ${FunctionName} cannot be read: ${ErrorCode}: ${Message}`,
        );
      }
      return Environment?.Variables ?? {};
    },
  };
}
