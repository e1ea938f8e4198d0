import type { WorkflowDefinition, WorkflowOutput } from '../../contract/workflow/workflow.ts';
import { executionArnOf, type WorkflowConfig } from '../../contract/workflow/workflow-environment.ts';
import {
  isActive,
  toWorkflowRun,
  type WorkflowItem,
  type WorkflowRun,
} from '../../contract/workflow/workflow-run.ts';
import { type EndedExecution, settleWorkflow } from './settle-workflow.ts';
import { configOf, type WorkflowContext } from './workflow-context.ts';
import { readWorkflowItem } from './workflow-store.ts';

/** The status event comes within seconds; a run that has been silent for longer may have ended without it. */
const IN_DOUBT_AFTER_MS = 60_000;

export async function getWorkflowRun<Workflow extends WorkflowDefinition>(
  context: WorkflowContext,
  workflow: Workflow,
  runId: string,
): Promise<WorkflowRun<WorkflowOutput<Workflow>> | undefined> {
  const config = configOf(context, workflow);
  const item = await readWorkflowItem(context.dynamodb, config.table, runId);
  if (item === undefined || isForgotten(item, context.clock.now())) return undefined;
  return toWorkflowRun(await withOutput(context, config, await reconciled(context, workflow, item)));
}

/** DynamoDB deletes late, often by days. */
export function isForgotten({ expiresAt }: WorkflowItem, nowMs: number): boolean {
  return expiresAt !== undefined && expiresAt * 1000 <= nowMs;
}

/** Asks Step Functions about a run that says nothing of itself. */
export async function reconciled(
  context: WorkflowContext,
  workflow: WorkflowDefinition,
  item: WorkflowItem,
): Promise<WorkflowItem> {
  const config = configOf(context, workflow);
  // One that waits for days is in doubt as well: a signal may have ended its wait, or somebody the execution.
  if (!isActive(item.status) || context.clock.now() - item.updatedAt < IN_DOUBT_AFTER_MS) return item;
  const ended = await endOf(context, config, item);
  if (ended === undefined) return item;
  if (ended === 'neverStarted') return neverStarted(item);
  const { redriveCount = item.epoch } = ended;
  const redriven = redriveCount < item.epoch ? item : undefined;
  const place = { dynamodb: context.dynamodb, table: config.table, workflow };
  return (await settleWorkflow(place, item.runId, ended, redriven)) ?? item;
}

/** An output that neither fitted into the event of the end nor into the item is the execution's alone. */
async function withOutput(
  context: WorkflowContext,
  config: WorkflowConfig,
  item: WorkflowItem,
): Promise<WorkflowItem> {
  if (item.status !== 'succeeded' || item.output !== undefined) return item;
  const ended = await endOf(context, config, item);
  return typeof ended === 'object' && ended.output !== undefined ? { ...item, output: ended.output } : item;
}

async function endOf(
  context: WorkflowContext,
  { machine }: WorkflowConfig,
  { runId, status: known }: WorkflowItem,
): Promise<EndedExecution | 'neverStarted' | undefined> {
  const { module, client } = await context.sfn();
  const executionArn = executionArnOf(machine, runId);
  try {
    const { status, stopDate, ...how } = await client.send(
      new module.DescribeExecutionCommand({ executionArn }),
    );
    if (status === undefined || status === 'RUNNING' || status === 'PENDING_REDRIVE') return undefined;
    return { ...how, status, stoppedAt: stopDate?.getTime() ?? context.clock.now() };
  } catch (error) {
    if (!(error instanceof module.ExecutionDoesNotExist)) throw error;
    if (known === 'queued') return 'neverStarted';
    const cause = 'Step Functions has no execution of it any more: its state machine may have been replaced';
    return { status: 'FAILED', stoppedAt: context.clock.now(), error: 'ExecutionGone', cause };
  }
}

/** As it is shown. In the table it stays queued: its starter may come back, or another start of its key. */
function neverStarted(item: WorkflowItem): WorkflowItem {
  const message =
    'its starter died before Step Functions had it; start it again, under the same key if it has one';
  return {
    ...item,
    status: 'failed',
    finishedAt: item.createdAt,
    error: JSON.stringify({ name: 'NeverStarted', message }),
  };
}
