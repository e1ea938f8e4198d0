import { throughJson } from '../../contract/payload.ts';
import { newRunId, runIdOfKey } from '../../contract/run-id.ts';
import { hashPayload } from '../../contract/run-item.ts';
import { validateInput } from '../../contract/workflow/validate.ts';
import type { WorkflowDefinition, WorkflowInput } from '../../contract/workflow/workflow.ts';
import type { WorkflowConfig } from '../../contract/workflow/workflow-environment.ts';
import { listedAs, workflowListKey } from '../../contract/workflow/workflow-run.ts';
import { IdempotencyKeyReusedError } from '../duplicate-errors.ts';
import { configOf, type WorkflowContext } from './workflow-context.ts';
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
  const json = throughJson(workflow.name, input);
  await validateInput(workflow, json);
  const nowMs = context.clock.now();
  const runId =
    idempotencyKey === undefined ? newRunId(nowMs) : runIdOfKey(listedAs(workflow.name), idempotencyKey);
  const inputHash = hashPayload(json);
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
      expiresAt: Math.ceil((nowMs + workflow.timeoutSeconds * 1000 + workflow.retentionMs) / 1000),
      listKey: workflowListKey(workflow.name, nowMs, runId),
      ...(idempotencyKey !== undefined && { idempotencyKey }),
    },
    Math.floor(nowMs / 1000),
  );
  if (!put.written && idempotencyKey !== undefined && put.item?.inputHash !== inputHash) {
    throw new IdempotencyKeyReusedError(workflow.name, idempotencyKey, runId);
  }
  // A row that is still queued may be of a start that died: starting again is the same execution.
  if (put.written || put.item?.status === 'queued')
    await startExecution(context, config, runId, json, put.written);
  return { runId, duplicate: !put.written };
}

async function startExecution(
  context: WorkflowContext,
  { machine, table }: WorkflowConfig,
  runId: string,
  input: unknown,
  isFirst: boolean,
): Promise<void> {
  const { module, client } = await context.sfn();
  const command = new module.StartExecutionCommand({
    stateMachineArn: machine,
    name: runId,
    input: JSON.stringify(input),
  });
  try {
    await client.send(command);
  } catch (error) {
    if (error instanceof module.ExecutionAlreadyExists) return;
    if (isFirst) await deleteQueuedItem(context.dynamodb, table, runId);
    throw error;
  }
}
