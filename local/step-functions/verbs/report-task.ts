import { errorAndCause } from '../error-and-cause.ts';
import { StateFailure } from '../execution/state-failure.ts';
import type { Input } from '../input.ts';
import { checkPayload } from '../payload.ts';
import { StepFunctionsError } from '../step-functions-error.ts';
import type { StepFunctionsStore } from '../store.ts';
import type { WaitingTask } from '../tasks/task-tokens.ts';
import type { Verb } from '../verb.ts';

/** https://docs.aws.amazon.com/step-functions/latest/apireference/API_SendTaskSuccess.html */
export const sendTaskSuccess: Verb = (store, input) => {
  const output = input.text('output');
  checkPayload(output, 'InvalidOutput', 'output');
  waitingTask(store, input).succeed(JSON.parse(output));
  return {};
};

/** https://docs.aws.amazon.com/step-functions/latest/apireference/API_SendTaskFailure.html */
export const sendTaskFailure: Verb = (store, input) => {
  const { error = '', cause = '' } = errorAndCause(input);
  waitingTask(store, input).fail(new StateFailure(error, cause));
  return {};
};

/** https://docs.aws.amazon.com/step-functions/latest/apireference/API_SendTaskHeartbeat.html */
export const sendTaskHeartbeat: Verb = (store, input) => {
  waitingTask(store, input).heartbeat();
  return {};
};

function waitingTask({ tokens }: StepFunctionsStore, input: Input): WaitingTask {
  const token = input.text('taskToken');
  const task = tokens.find(token);
  if (task === 'unknown') throw new StepFunctionsError('InvalidToken', `Invalid Token: '${token}'`);
  if (task) return task;
  throw new StepFunctionsError('TaskTimedOut', "Task Timed Out: 'Provided task does not exist anymore'");
}
