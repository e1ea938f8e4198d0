import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { RunError } from '../../contract/run.ts';
import { signalsOf, type WorkflowDefinition } from '../../contract/workflow/workflow.ts';
import type { EndStatus } from '../../contract/workflow/workflow-event.ts';
import {
  ACTIVE_STATUSES,
  signalAttributes,
  type WorkflowItem,
  type WorkflowStatus,
} from '../../contract/workflow/workflow-run.ts';
import { isTooLarge, updateWorkflowItem, type WorkflowUpdate } from './workflow-store.ts';

/** Where a run is, and what it may have kept. */
export interface RunPlace {
  readonly dynamodb: DynamoDBClient;
  readonly table: string;
  readonly workflow: Pick<WorkflowDefinition, 'nodes'>;
}

/** What Step Functions tells of an execution that has ended. */
export interface EndedExecution {
  readonly status: EndStatus;
  readonly stoppedAt: number;
  /** How often it had been redriven; absent for an end in whichever of its lives the run is. */
  readonly redriveCount?: number | undefined;
  /** JSON; absent when it was too large to be told. */
  readonly output?: string | undefined;
  readonly error?: string | undefined;
  readonly cause?: string | undefined;
}

const STATUSES = {
  SUCCEEDED: 'succeeded',
  FAILED: 'failed',
  TIMED_OUT: 'timedOut',
  ABORTED: 'canceled',
} as const satisfies Record<EndStatus, WorkflowStatus>;

/**
 * Step Functions' word on how a run has ended, in the run's item. A run that has ended there already stays as it is, and
 * so does one that has been redriven since: it was a life before that ended.
 *
 * @param redriven the run, when it waits for a redrive that Step Functions has not taken: the redrive is taken back, if
 * nothing has come of it meanwhile
 */
export async function settleWorkflow(
  { dynamodb, table, workflow }: RunPlace,
  runId: string,
  ended: EndedExecution,
  redriven?: WorkflowItem,
): Promise<WorkflowItem | undefined> {
  const { status, stoppedAt, output, redriveCount } = ended;
  const error = errorOf(ended);
  const change: WorkflowUpdate = {
    set: {
      status: STATUSES[status],
      finishedAt: stoppedAt,
      updatedAt: stoppedAt,
      ...(error && { error: JSON.stringify(error) }),
      ...(redriven && { epoch: redriven.epoch - 1 }),
    },
    remove: ['waitingFor', 'waitsUntil', ...(status === 'SUCCEEDED' ? keptOfSignals(workflow) : [])],
    statuses: ACTIVE_STATUSES,
    ...(redriven
      ? { is: { epoch: redriven.epoch, updatedAt: redriven.updatedAt } }
      : { epochAtMost: redriveCount }),
  };
  const whole = { ...change, set: { ...change.set, ...(output !== undefined && { output }) } };
  try {
    return (await updateWorkflowItem(dynamodb, table, runId, whole)).item;
  } catch (thrown) {
    if (!isTooLarge(thrown)) throw thrown;
    // That it has ended counts most. An output can be had from the execution, and a redrive needs the signals.
    const less = output === undefined ? { ...change, remove: [...(change.remove ?? []), 'steps'] } : change;
    return (await updateWorkflowItem(dynamodb, table, runId, less)).item;
  }
}

/** Of no use to a run that nothing brings back. */
function keptOfSignals({ nodes }: RunPlace['workflow']): string[] {
  return signalsOf(nodes).flatMap(({ name }) => Object.values(signalAttributes(name)));
}

function errorOf({ status, error, cause = '' }: EndedExecution): RunError | undefined {
  if (status === 'SUCCEEDED') return undefined;
  if (status === 'TIMED_OUT')
    return { name: 'WorkflowTimeout', message: 'the workflow took longer than its timeout' };
  return { name: error || 'Error', message: messageOf(cause).slice(0, MAX_MESSAGE_LENGTH) };
}

/** A cause may have 32,768. */
const MAX_MESSAGE_LENGTH = 2048;

/** A function's failure is told as JSON. */
function messageOf(cause: string): string {
  try {
    const told: unknown = JSON.parse(cause);
    if (typeof told === 'object' && told !== null && 'errorMessage' in told) return String(told.errorMessage);
  } catch {
    // It is text: what a Fail state says, or Step Functions itself.
  }
  return cause;
}
