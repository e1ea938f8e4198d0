import { ENVIRONMENT_VARIABLE, type QueueConfig, readEnvironment } from '../../contract/environment.ts';
import {
  readWorkflowEnvironment,
  WORKFLOWS_VARIABLE,
  type WorkflowConfig,
} from '../../contract/workflow/workflow-environment.ts';
import { type AwsOptions, createStackReader } from './aws-stack-reader.ts';
import { clientOptions, readDevState } from './dev-state.ts';
import { NoneFound } from './none-found.ts';
import type { ScheduleScope } from './read-schedules.ts';
import { findStackQueues, findStackSchedules, findStackWorkflows } from './stack-contents.ts';

/** What an operator's command works on: a running dev, a deployed stack, or what the environment names. */
export interface Deployment {
  /** What the constructor of an AWS SDK client takes. */
  readonly config: AwsOptions | ReturnType<typeof clientOptions>;
  /** @throws NoneFound when there is none */
  queues(): Promise<readonly QueueConfig[]>;
  /** @throws NoneFound when there is none */
  workflows(): Promise<readonly WorkflowConfig[]>;
  /** Where its schedules are, but for those that applications make, of which its queues tell. @throws NoneFound */
  schedules(): Promise<ScheduleScope>;
}

/** @throws StartError when no `dev` runs for the assembly in that folder */
export async function devDeployment(assemblyFolder: string): Promise<Deployment> {
  const state = await readDevState(assemblyFolder);
  const requireVariable = (name: string, what: string) => {
    if (state.environment[name] !== undefined) return;
    throw new NoneFound(`the stacks that dev runs for ${assemblyFolder} have no ${what}`);
  };
  return {
    config: clientOptions(state),
    async queues() {
      requireVariable(ENVIRONMENT_VARIABLE, 'task queue');
      return readEnvironment(state.environment);
    },
    async workflows() {
      requireVariable(WORKFLOWS_VARIABLE, 'workflow');
      return readWorkflowEnvironment(state.environment);
    },
    schedules: async () => ({ groups: 'all', names: [] }),
  };
}

/** A stack is only read by who asks. */
export async function stackDeployment(stack: string, config: AwsOptions): Promise<Deployment> {
  const aws = await createStackReader(config);
  return {
    config,
    queues: () => findStackQueues(stack, aws),
    workflows: () => findStackWorkflows(stack, aws),
    schedules: () => findStackSchedules(stack, aws),
  };
}

export function environmentDeployment(
  environment: Readonly<Record<string, string | undefined>>,
  config: AwsOptions,
): Deployment {
  return {
    config,
    queues: async () => readEnvironment(environment),
    workflows: async () => readWorkflowEnvironment(environment),
    async schedules() {
      if (readEnvironment(environment).some(({ schedules }) => schedules)) return { groups: [], names: [] };
      throw new NoneFound(
        `the queues of the variable ${ENVIRONMENT_VARIABLE} have no schedules; those of the stacks are found by --stack`,
      );
    },
  };
}
