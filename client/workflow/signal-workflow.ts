import type { StandardSchemaV1 } from '@standard-schema/spec';
import { throughJson } from '../../contract/payload.ts';
import { validateValue } from '../../contract/workflow/validate.ts';
import { signalsOf, type WorkflowDefinition } from '../../contract/workflow/workflow.ts';
import { ACTIVE_STATUSES, isActive, signalAttributes } from '../../contract/workflow/workflow-run.ts';
import { configOf, type WorkflowContext } from './workflow-context.ts';
import { updateWorkflowItem } from './workflow-store.ts';

/** The signal cannot be taken: the run is unknown or over, or has had this signal. Nothing was changed. */
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
  const json = throughJson(workflow.name, payload);
  await validateValue(schemaOf(workflow, name), json, `the signal '${name}' of workflow '${workflow.name}'`);
  const text = JSON.stringify(json);
  const attribute = signalAttributes(name);
  const { written, item, attributes } = await updateWorkflowItem(context.dynamodb, config.table, runId, {
    set: { [attribute.payload]: text },
    statuses: ACTIVE_STATUSES,
    absent: [attribute.payload],
  });
  const run = `run ${runId} of workflow '${workflow.name}'`;
  if (item === undefined)
    throw new SignalError(`There is no ${run}: the id may be wrong, or its retention over`);
  if (!isActive(item.status))
    throw new SignalError(`The signal '${name}' came too late: ${run} is ${item.status}`);
  if (!written && attributes[attribute.payload]?.S !== text) {
    throw new SignalError(
      `The signal '${name}' was sent before, with another payload: ${run} goes by the first`,
    );
  }
  const taskToken = attributes[attribute.token]?.S;
  if (taskToken !== undefined) await report(context, taskToken, text);
}

function schemaOf(workflow: WorkflowDefinition, name: string): StandardSchemaV1 {
  const signals = signalsOf(workflow.nodes);
  const signal = signals.find(each => each.name === name);
  if (signal) return signal.schema;
  const known = signals.map(each => `'${each.name}'`).join(', ') || 'none';
  throw new SignalError(`Workflow '${workflow.name}' waits for no signal '${name}'; its signals: ${known}`);
}

/** A task that waits no more was reported before, or its time is over: then the state machine has gone on without. */
export async function report(
  context: Pick<WorkflowContext, 'sfn'>,
  taskToken: string,
  output: string,
): Promise<void> {
  const { module, client } = await context.sfn();
  try {
    await client.send(new module.SendTaskSuccessCommand({ taskToken, output }));
  } catch (error) {
    if (!(error instanceof module.TaskTimedOut || error instanceof module.TaskDoesNotExist)) throw error;
  }
}
