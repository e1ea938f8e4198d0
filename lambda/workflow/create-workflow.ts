import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { SFNClient } from '@aws-sdk/client-sfn';
import { sharedDynamoDBClient } from '../../client/shared-clients.ts';
import { createWorkflowContext } from '../../client/workflow/workflow-context.ts';
import { type Clock, systemClock } from '../../contract/clock.ts';
import { stepsOf, type WorkflowDefinition } from '../../contract/workflow/workflow.ts';
import {
  readWorkflowEnvironment,
  type WorkflowConfig,
} from '../../contract/workflow/workflow-environment.ts';
import { isExecutionStatusEvent, type WorkflowEvent } from '../../contract/workflow/workflow-event.ts';
import type { WorkflowRun } from '../../contract/workflow/workflow-run.ts';
import { createLog, type Log } from '../log.ts';
import { awaitSignal } from './await-signal.ts';
import { endWorkflow } from './end-workflow.ts';
import { giveUp } from './give-up.ts';
import type { StepHandler } from './handle-step.ts';
import { runStep } from './run-step.ts';
import { lookAtTask, sendWorkflowTask } from './run-task.ts';

export interface WorkflowFunctionOptions {
  /**
   * Called once a run has ended, however it did: to tell somebody, or to remove what it left half-made. It may be called
   * more than once for a run. When it throws, it is called again, twice. Step Functions tells ends on a best-effort basis:
   * what must be done for every run is better the flow's last step.
   * @default nothing is done
   */
  readonly onEnded?: (run: WorkflowRun) => void | Promise<void>;
  /** @default what `TaskWorkflow` wrote into the function's environment */
  readonly workflows?: readonly WorkflowConfig[];
  /** @default a client with the SDK's defaults */
  readonly dynamodb?: DynamoDBClient;
  /** @default a client with the SDK's defaults, made when it is needed */
  readonly sfn?: SFNClient;
  /** @default the machine's time */
  readonly clock?: Clock;
  /** @default a line of JSON to standard output */
  readonly log?: Log;
}

/** What the function's parts work with. */
export interface WorkflowFunction {
  readonly workflow: WorkflowDefinition;
  readonly config: WorkflowConfig;
  readonly handlers: ReadonlyMap<string, StepHandler>;
  readonly dynamodb: DynamoDBClient;
  readonly sfn: ReturnType<typeof createWorkflowContext>['sfn'];
  readonly clock: Clock;
  readonly log: Log;
  readonly onEnded: NonNullable<WorkflowFunctionOptions['onEnded']>;
}

/** The Lambda entry of a workflow. */
export type WorkflowEntry = (event: unknown) => Promise<unknown>;

/**
 * Makes the Lambda function that carries out the steps of a `TaskWorkflow`.
 *
 * @throws Error at the function's init, when the handlers are not those of the workflow's steps
 * @example
 * ```ts
 * import { createWorkflow, handleStep } from 'cdk-background-jobs/lambda';
 * import { fetchIssue, postReminder, remindOnIssue } from './workflow.ts';
 *
 * export const handler = createWorkflow(remindOnIssue, [
 *   handleStep(fetchIssue, ({ repository, number }, step) => github.issue(repository, number, step.signal)),
 *   handleStep(postReminder, ({ number }, step) => github.comment(number, { idempotencyKey: step.idempotencyKey() })),
 * ]);
 * ```
 */
export function createWorkflow(
  workflow: WorkflowDefinition,
  handlers: readonly StepHandler[],
  options: WorkflowFunctionOptions = {},
): WorkflowEntry {
  const { clock = systemClock } = options;
  const workflows = options.workflows ?? readWorkflowEnvironment(process.env);
  const fn: WorkflowFunction = {
    workflow,
    config: ownConfig(workflow, workflows),
    handlers: new Map(handlers.map(handler => [handler.step.name, handler])),
    dynamodb: options.dynamodb ?? sharedDynamoDBClient(),
    sfn: createWorkflowContext({ workflows, ...(options.sfn && { sfn: options.sfn }) }).sfn,
    clock,
    log: options.log ?? createLog(() => clock.now()),
    onEnded: options.onEnded ?? (() => {}),
  };
  checkComplete(workflow, handlers);
  return event => dispatch(fn, event);
}

async function dispatch(fn: WorkflowFunction, event: unknown): Promise<unknown> {
  if (isExecutionStatusEvent(event)) return await endWorkflow(fn, event);
  // Nobody but the state machine may invoke the function: what it sends is what the construct has written.
  const asked = event as WorkflowEvent;
  switch (asked.kind) {
    case 'step':
      return await runStep(fn, asked);
    case 'signal':
      return await awaitSignal(fn, asked);
    case 'sendTask':
      return await sendWorkflowTask(fn, asked);
    case 'lookAtTask':
      return await lookAtTask(asked);
    case 'giveUp':
      return giveUp(asked);
    default:
      throw new Error(
        `This function is the steps of workflow '${fn.workflow.name}': it is invoked by its state machine, not with ` +
          JSON.stringify(event)?.slice(0, 200),
      );
  }
}

export function ownConfig(
  { name }: WorkflowDefinition,
  workflows: readonly WorkflowConfig[],
): WorkflowConfig {
  const config = workflows.find(each => each.name === name);
  if (config) return config;
  const known = workflows.map(each => `'${each.name}'`).join(', ') || 'none';
  throw new Error(
    `createWorkflow was given the workflow '${name}', but this function is of ${known}: give TaskWorkflow the same one`,
  );
}

/** What synth cannot see: which handlers the entry really has. */
function checkComplete(workflow: WorkflowDefinition, handlers: readonly StepHandler[]): void {
  const steps = new Set(stepsOf(workflow.nodes).map(step => step.name));
  const names = handlers.map(handler => handler.step.name);
  const twice = names.find((name, index) => names.indexOf(name) < index);
  if (twice) throw new Error(`Step '${twice}' has two handlers in createWorkflow; remove one of them`);
  const missing = [...steps].filter(step => !names.includes(step));
  if (missing.length > 0) {
    throw new Error(
      `No handler for ${quoted(missing)} of workflow '${workflow.name}': add handleStep(…) for it`,
    );
  }
  const unused = names.filter(name => !steps.has(name));
  if (unused.length > 0) {
    throw new Error(
      `A handler for ${quoted(unused)}, which workflow '${workflow.name}' has no step for (it has ${quoted([...steps])}): ` +
        'remove the handler, or put the step into the flow',
    );
  }
}

const quoted = (names: readonly string[]) => names.map(name => `'${name}'`).join(', ') || 'none';
