import type { WorkflowDefinition, WorkflowOutput } from '../../contract/workflow/workflow.ts';
import { listedAs, toWorkflowRun, type WorkflowRun } from '../../contract/workflow/workflow-run.ts';
import { type ListRange, readListPage } from '../list-page.ts';
import { isForgotten } from './get-workflow-run.ts';
import { configOf, type WorkflowContext } from './workflow-context.ts';
import { readWorkflowItems } from './workflow-store.ts';

export interface WorkflowRunPage<Output> {
  /** Newest first. A run whose retention has just ended is left out, so a page may hold fewer than its limit. */
  readonly runs: readonly WorkflowRun<Output>[];
  /** For the next page; absent on the last. */
  readonly cursor?: string;
}

export async function listWorkflowRuns<Workflow extends WorkflowDefinition>(
  context: WorkflowContext,
  workflow: Workflow,
  range: ListRange = {},
): Promise<WorkflowRunPage<WorkflowOutput<Workflow>>> {
  const { table } = configOf(context, workflow);
  const nowMs = context.clock.now();
  const { runIds, ...next } = await readListPage(
    { dynamodb: context.dynamodb, table, of: listedAs(workflow.name), verb: 'listWorkflowRuns', nowMs },
    range,
  );
  const items = await readWorkflowItems(context.dynamodb, table, runIds);
  const runs = items
    .filter(item => !isForgotten(item, nowMs))
    .map(item => toWorkflowRun<WorkflowOutput<Workflow>>(item));
  return { runs, ...next };
}
