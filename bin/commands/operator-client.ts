import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { Command } from 'commander';
import { createClient } from '../../client/create-client.ts';
import { type QueueConfig, readEnvironment } from '../../contract/environment.ts';
import { StartError } from '../../local/start-error.ts';
import { type AwsOptions, createStackReader } from './aws-stack-reader.ts';
import { describeError } from './describe-error.ts';
import { connectToDev, type DevClient } from './dev-client.ts';
import { findStackQueues } from './stack-queues.ts';

/** Where an operator's command finds its queues: in a running dev, unless it says otherwise. */
export interface OperatorOptions extends AwsOptions {
  readonly app: string;
  readonly stack?: string;
  readonly env?: boolean;
  readonly json?: boolean;
}

export function addOperatorOptions(command: Command): Command {
  return command
    .option('--app <cdk.out>', 'the cloud assembly that dev runs', 'cdk.out')
    .option('--stack <name>', 'the queues of a deployed stack')
    .option('--env', 'the queues of the variable BACKGROUND_JOBS')
    .option('--profile <name>', "with --stack or --env: the AWS CLI's profile (default: as the AWS CLI)")
    .option('--region <name>', 'with --stack or --env: the AWS region (default: as the AWS CLI)')
    .option('--json', 'JSON, for scripts');
}

/** Runs a command's action; what goes wrong in it is told in one line. */
export async function operate(
  options: OperatorOptions,
  action: (connection: DevClient) => Promise<void>,
): Promise<void> {
  try {
    await action(await connect(options));
  } catch (error) {
    if (error instanceof StartError) throw error;
    throw new StartError(describeError(error));
  }
}

async function connect({ app, stack, env, profile, region }: OperatorOptions): Promise<DevClient> {
  const aws: AwsOptions = {
    ...(profile !== undefined && { profile }),
    ...(region !== undefined && { region }),
  };
  if (stack !== undefined && env)
    throw new StartError(`give --stack or --env, not both; got --stack ${stack}`);
  if (stack !== undefined)
    return connectToAws(await findStackQueues(stack, await createStackReader(aws)), aws);
  if (env) return connectToAws(readEnvironment(process.env), aws);
  const [option] = Object.keys(aws);
  if (option !== undefined)
    throw new StartError(`--${option} goes with --stack or --env; a dev needs neither`);
  return await connectToDev(app);
}

function connectToAws(queues: readonly QueueConfig[], aws: AwsOptions): DevClient {
  return {
    client: createClient({ queues, sqs: new SQSClient(aws), dynamodb: new DynamoDBClient(aws) }),
    queues,
  };
}

/** Aborts at the first Ctrl-C, so that a bulk verb ends between two batches; the second one ends the process. */
export function abortOnInterrupt(): AbortSignal {
  const controller = new AbortController();
  process.once('SIGINT', () => controller.abort());
  return controller.signal;
}
