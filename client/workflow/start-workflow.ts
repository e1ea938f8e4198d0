import { throughJson } from '../../contract/payload.ts';
import { newRunId, runIdOfKey } from '../../contract/run-id.ts';
import { hashPayload } from '../../contract/run-item.ts';
import { validateInput } from '../../contract/workflow/validate.ts';
import type { WorkflowDefinition, WorkflowInput } from '../../contract/workflow/workflow.ts';
import type { WorkflowConfig } from '../../contract/workflow/workflow-environment.ts';
import { expiresAt, listedAs, workflowListKey } from '../../contract/workflow/workflow-run.ts';
import { IdempotencyKeyReusedError } from '../duplicate-errors.ts';
import { configOf, type SfnCalls, type WorkflowContext } from './workflow-context.ts';
import { deleteQueuedItem, putWorkflowItem } from './workflow-store.ts';

export interface StartOptions {
  /**
   * Names the run: a second start under the same key is the same run, until the run's retention has ended.
   * @default each start is a run of its own
   */
  readonly idempotencyKey?: string;
}

export interface StartedWorkflow {
  readonly runId: string;
  /** The run was there already, by its idempotency key. */
  readonly duplicate: boolean;
}

export async function startWorkflow<Workflow extends WorkflowDefinition>(
  context: WorkflowContext,
  workflow: Workflow,
  input: WorkflowInput<Workflow>,
  { idempotencyKey }: StartOptions = {},
): Promise<StartedWorkflow> {
  const config = configOf(context, workflow);
  const sent = throughJson(workflow.name, input);
  // With its defaults and transformations: a flow is wired by the types of what its schema answers.
  const accepted = throughJson(workflow.name, await validateInput(workflow, sent));
  const nowMs = context.clock.now();
  const runId =
    idempotencyKey === undefined ? newRunId(nowMs) : runIdOfKey(listedAs(workflow.name), idempotencyKey);
  const inputHash = hashPayload(sent);
  const put = await putWorkflowItem(
    context.dynamodb,
    config.table,
    {
      runId,
      workflow: workflow.name,
      status: 'queued',
      epoch: 0,
      createdAt: nowMs,
      updatedAt: nowMs,
      inputHash,
      expiresAt: expiresAt(workflow, nowMs),
      listKey: workflowListKey(workflow.name, nowMs, runId),
      ...(idempotencyKey !== undefined && { idempotencyKey }),
    },
    Math.floor(nowMs / 1000),
  );
  if (!put.written && idempotencyKey !== undefined && put.item?.inputHash !== inputHash) {
    throw new IdempotencyKeyReusedError(workflow.name, idempotencyKey, runId);
  }
  // A row that is still queued may be of a start that died: starting again is the same execution.
  if (!put.written && put.item?.status !== 'queued') return { runId, duplicate: true };
  try {
    const started = await startExecution(context, config, runId, accepted);
    return { runId, duplicate: !put.written || (started === 'before' && idempotencyKey !== undefined) };
  } catch (error) {
    const { module } = await context.sfn();
    // Under a key another start may be at it, or may have done it; a run without one is known to nobody.
    if (put.written && (idempotencyKey === undefined || isInputRefused(module, error))) {
      await deleteQueuedItem(context.dynamodb, config.table, runId);
    }
    throw error;
  }
}

async function startExecution(
  context: WorkflowContext,
  { machine }: WorkflowConfig,
  runId: string,
  input: unknown,
): Promise<'now' | 'before'> {
  const { module, client } = await context.sfn();
  const command = new module.StartExecutionCommand({
    stateMachineArn: machine,
    name: runId,
    input: JSON.stringify(input),
  });
  try {
    await client.send(command);
    return 'now';
  } catch (error) {
    if (error instanceof module.ExecutionAlreadyExists) return 'before';
    throw error;
  }
}

/** As each start of the run would be. */
function isInputRefused(module: SfnCalls['module'], error: unknown): boolean {
  return [module.InvalidExecutionInput, module.InvalidName, module.ValidationException].some(
    refusal => error instanceof refusal,
  );
}
