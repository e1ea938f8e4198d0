import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { SFNClient } from '@aws-sdk/client-sfn';
import { type Clock, systemClock } from '../../contract/clock.ts';
import type { WorkflowDefinition } from '../../contract/workflow/workflow.ts';
import {
  readWorkflowEnvironment,
  type WorkflowConfig,
} from '../../contract/workflow/workflow-environment.ts';
import { sharedDynamoDBClient } from '../shared-clients.ts';

export interface WorkflowClientOptions {
  /**
   * The workflows that the client may start and read.
   * @default what `grantStart` wrote into the function's environment, read at first use
   */
  readonly workflows?: readonly WorkflowConfig[];
  /** @default one for the process, made at first use from the SDK's own defaults */
  readonly sfn?: SFNClient;
  /** @default one for the process, made at first use from the SDK's own defaults */
  readonly dynamodb?: DynamoDBClient;
  /** @default the machine's time */
  readonly clock?: Clock;
}

/** What each verb works with. Nothing of it is made before it is used. */
export interface WorkflowContext {
  readonly workflows: readonly WorkflowConfig[];
  readonly dynamodb: DynamoDBClient;
  readonly clock: Clock;
  /** Loaded at its first use: who only reads runs needs none of it. */
  sfn(): Promise<SfnCalls>;
}

/** The SDK's module with a client of it. */
export interface SfnCalls {
  readonly module: typeof import('@aws-sdk/client-sfn');
  readonly client: SFNClient;
}

let shared: SFNClient | undefined;

export function createWorkflowContext(options: WorkflowClientOptions): WorkflowContext {
  let { workflows } = options;
  return {
    get workflows() {
      workflows ??= readWorkflowEnvironment(process.env);
      return workflows;
    },
    get dynamodb() {
      return options.dynamodb ?? sharedDynamoDBClient();
    },
    clock: options.clock ?? systemClock,
    async sfn() {
      const module = await import('@aws-sdk/client-sfn');
      if (options.sfn) return { module, client: options.sfn };
      shared ??= new module.SFNClient({});
      return { module, client: shared };
    },
  };
}

/** @throws Error naming the workflow and the fix */
export function configOf(
  { workflows }: WorkflowContext,
  { name }: Pick<WorkflowDefinition, 'name'>,
): WorkflowConfig {
  const config = workflows.find(workflow => workflow.name === name);
  if (config) return config;
  const known = workflows.map(workflow => `'${workflow.name}'`).join(', ') || 'none';
  throw new Error(
    `No workflow '${name}' is known here; there are: ${known}. Let the stack call grantStart or grantRead for this function`,
  );
}
