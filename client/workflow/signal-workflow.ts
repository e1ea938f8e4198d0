import type { StandardSchemaV1 } from '@standard-schema/spec';
import { STEP_FUNCTIONS } from '../../contract/limits.ts';
import { throughJson } from '../../contract/payload.ts';
import { hashPayload } from '../../contract/run-item.ts';
import { validateValue } from '../../contract/workflow/validate.ts';
import { signalsOf, type WorkflowDefinition } from '../../contract/workflow/workflow.ts';
import {
  ACTIVE_STATUSES,
  ALL_STATUSES,
  isActive,
  signalAttributes,
} from '../../contract/workflow/workflow-run.ts';
import { configOf, type WorkflowContext } from './workflow-context.ts';
import { isTooLarge, updateWorkflowItem, type WorkflowUpdate, type WorkflowWrite } from './workflow-store.ts';

/**
 * The signal cannot be taken: the run is unknown or over, has had this signal, or waits for it no more, or the payload is
 * too large. Nothing was changed.
 */
export class SignalError extends Error {
  override readonly name = 'SignalError';
}

/**
 * The payload is kept first, then reported to the state machine if that waits for it already. Who dies between the two
 * repeats the signal: the same payload again is reported again.
 */
export async function signalWorkflow(
  context: WorkflowContext,
  workflow: WorkflowDefinition,
  runId: string,
  name: string,
  payload: unknown,
): Promise<void> {
  const config = configOf(context, workflow);
  const sent = throughJson(workflow.name, payload);
  const what = `the signal '${name}' of workflow '${workflow.name}'`;
  const accepted = await validateValue(schemaOf(workflow, name), sent, what);
  const text = JSON.stringify(throughJson(workflow.name, accepted));
  const hash = hashPayload(sent);
  checkSize(name, text);
  const attribute = signalAttributes(name);
  const run = `run ${runId} of workflow '${workflow.name}'`;
  const update = (change: WorkflowUpdate) =>
    updateWorkflowItem(context.dynamodb, config.table, runId, change);
  const { written, item, attributes } = await update({
    set: { [attribute.payload]: text, [attribute.hash]: hash },
    statuses: ACTIVE_STATUSES,
    absent: [attribute.payload],
  }).catch((error: unknown): WorkflowWrite => {
    if (!isTooLarge(error)) throw error;
    throw new SignalError(
      `The signal '${name}' does not fit into ${run}, which has room for 400 KB in all: keep the payload elsewhere, and ` +
        'send where it is',
      { cause: error },
    );
  });
  if (item === undefined)
    throw new SignalError(`There is no ${run}: the id may be wrong, or its retention over`);
  if (!isActive(item.status))
    throw new SignalError(`The signal '${name}' came too late: ${run} is ${item.status}`);
  if (!written && attributes[attribute.hash]?.S !== hash) {
    throw new SignalError(
      `The signal '${name}' was sent before, with another payload: ${run} goes by the first`,
    );
  }
  const kept = attributes[attribute.payload]?.S ?? text;
  const taskToken = attributes[attribute.token]?.S;
  if (taskToken === undefined || (await report(context, taskToken, kept)) || !written) return;
  // Whoever waits for it anew, after a redrive, has another token by now, and has found the payload.
  const takenBack = await update({
    remove: [attribute.payload, attribute.hash],
    is: { [attribute.token]: taskToken },
    statuses: ALL_STATUSES,
  });
  if (takenBack.written)
    throw new SignalError(`The signal '${name}' came too late: ${run} waits for it no more`);
}

/** Step Functions would refuse it after it was kept, and then no other could come. */
function checkSize(name: string, json: string): void {
  const bytes = Buffer.byteLength(json);
  if (bytes <= STEP_FUNCTIONS.maxPayloadBytes) return;
  throw new SignalError(
    `The payload of a signal must be at most ${STEP_FUNCTIONS.maxPayloadBytes} bytes as JSON, got ${bytes} for ` +
      `'${name}': keep it elsewhere, and send where it is`,
  );
}

function schemaOf(workflow: WorkflowDefinition, name: string): StandardSchemaV1 {
  const signals = signalsOf(workflow.nodes);
  const signal = signals.find(each => each.name === name);
  if (signal) return signal.schema;
  const known = signals.map(each => `'${each.name}'`).join(', ') || 'none';
  throw new SignalError(`Workflow '${workflow.name}' waits for no signal '${name}'; its signals: ${known}`);
}

/** @returns false for a task that waits no more: it was reported before, or its time is over */
export async function report(
  context: Pick<WorkflowContext, 'sfn'>,
  taskToken: string,
  output: string,
): Promise<boolean> {
  const { module, client } = await context.sfn();
  try {
    await client.send(new module.SendTaskSuccessCommand({ taskToken, output }));
    return true;
  } catch (error) {
    if (!(error instanceof module.TaskTimedOut || error instanceof module.TaskDoesNotExist)) throw error;
    return false;
  }
}
