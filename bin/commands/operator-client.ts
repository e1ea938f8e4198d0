import type { Command } from 'commander';
import type { Client } from '../../client/create-client.ts';
import type { QueueConfig } from '../../contract/environment.ts';
import { StartError } from '../../local/start-error.ts';
import type { AwsOptions } from './aws-stack-reader.ts';
import { type Deployment, devDeployment, environmentDeployment, stackDeployment } from './deployment.ts';
import { describeError } from './describe-error.ts';

/** Where an operator's command finds what it works on: in a running dev, unless it says otherwise. */
export interface OperatorOptions extends AwsOptions {
  readonly app: string;
  readonly stack?: string;
  readonly env?: boolean;
  readonly json?: boolean;
}

/** @param what it finds there */
export function addOperatorOptions(
  command: Command,
  { what, variable }: { readonly what: string; readonly variable: string } = {
    what: 'queues',
    variable: 'BACKGROUND_JOBS',
  },
): Command {
  return command
    .option('--app <cdk.out>', 'the cloud assembly that dev runs', 'cdk.out')
    .option('--stack <name>', `the ${what} of a deployed stack`)
    .option('--env', `the ${what} of the variable ${variable}`)
    .option('--profile <name>', "with --stack or --env: the AWS CLI's profile (default: as the AWS CLI)")
    .option('--region <name>', 'with --stack or --env: the AWS region (default: as the AWS CLI)')
    .option('--json', 'JSON, for scripts');
}

/** Task queues and a client of theirs. */
export interface OperatorClient {
  readonly client: Client;
  readonly queues: readonly QueueConfig[];
}

/** Runs the action of a command on task queues; what goes wrong in it is told in one line. */
export async function operate(
  options: OperatorOptions,
  action: (connection: OperatorClient) => Promise<void>,
): Promise<void> {
  await inOneLine(async () => action(await connect(await findDeployment(options))));
}

/** As `operate`, for a command on what a deployment has beside its queues, if it has any. */
export async function operateOn(
  options: OperatorOptions,
  action: (deployment: Deployment) => Promise<void>,
): Promise<void> {
  await inOneLine(async () => action(await findDeployment(options)));
}

async function inOneLine(action: () => Promise<void>): Promise<void> {
  try {
    await action();
  } catch (error) {
    if (error instanceof StartError) throw error;
    throw new StartError(describeError(error));
  }
}

async function findDeployment({ app, stack, env, profile, region }: OperatorOptions): Promise<Deployment> {
  const aws: AwsOptions = {
    ...(profile !== undefined && { profile }),
    ...(region !== undefined && { region }),
  };
  if (stack !== undefined && env)
    throw new StartError(`give --stack or --env, not both; got --stack ${stack}`);
  if (stack !== undefined) return await stackDeployment(stack, aws);
  if (env) return environmentDeployment(process.env, aws);
  const [option] = Object.keys(aws);
  if (option !== undefined)
    throw new StartError(`--${option} goes with --stack or --env; a dev needs neither`);
  return await devDeployment(app);
}

async function connect(deployment: Deployment): Promise<OperatorClient> {
  const queues = await deployment.queues();
  // Not before, so that what is wrong is told at once.
  const { createOperatorClient } = await import('./create-operator-client.ts');
  return { client: await createOperatorClient(queues, deployment.config), queues };
}

/** The tasks that can be sent, for a message. */
export function listTasks(queues: readonly QueueConfig[]): string {
  return queues.flatMap(queue => queue.tasks).join(', ');
}

/** Aborts at the first Ctrl-C, so that a bulk verb ends between two batches; the second one ends the process. */
export function abortOnInterrupt(): AbortSignal {
  const controller = new AbortController();
  process.once('SIGINT', () => controller.abort());
  return controller.signal;
}
