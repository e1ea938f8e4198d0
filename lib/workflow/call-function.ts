import { Aws, Duration } from 'aws-cdk-lib';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { FINAL_ERRORS, type StepPolicy } from '../../contract/workflow/step.ts';
import type { WorkflowEvent } from '../../contract/workflow/workflow-event.ts';
import type { StateBuilder } from './state-builder.ts';
import { TaskState } from './task-state.ts';

export interface FunctionCall {
  readonly name: string;
  /** What the function is asked; a template. */
  readonly event: Readonly<Record<string, unknown>> & { readonly kind: WorkflowEvent['kind'] };
  readonly output: unknown;
  readonly assign?: Readonly<Record<string, unknown>>;
  readonly retry: Retry;
  /** Waits for its token to be reported, for so long. */
  readonly awaitSeconds?: number;
}

export type Retry = Pick<
  StepPolicy,
  'attempts' | 'baseSeconds' | 'factor' | 'maxSeconds' | 'jitter' | 'errors'
>;

/** For what the function does by itself, without a handler: it fails for the infrastructure's reasons only. */
export const OWN_RETRY: Retry = {
  attempts: 6,
  baseSeconds: 1,
  factor: 2,
  maxSeconds: 30,
  jitter: 'full',
  errors: ['States.ALL'],
};

/** Lambda had no room: the handler has not been called, so this is no attempt. Tried again for a quarter of an hour. */
const THROTTLED = ['Lambda.TooManyRequestsException'];
const THROTTLE_RETRY: Retry = { ...OWN_RETRY, attempts: 20, maxSeconds: 60, errors: THROTTLED };

/** Lambda's own errors: the handler may have been called. https://docs.aws.amazon.com/step-functions/latest/dg/sfn-best-practices.html#bp-lambda-serviceexception */
const SERVICE_ERRORS = [
  'Lambda.ClientExecutionTimeoutException',
  'Lambda.ServiceException',
  'Lambda.AWSLambdaException',
  'Lambda.SdkClientException',
];

/** Beyond the function's own timeout, so that no attempt runs beside the one before. */
const MARGIN_SECONDS = 30;

/**
 * A task that invokes the workflow's function. CDK's `LambdaInvoke` would grant the machine every version of it.
 */
export function callFunction(builder: StateBuilder, call: FunctionCall): TaskState {
  const { scope, fn, newId, functionTimeoutSeconds } = builder;
  const { name, event, output, assign, retry, awaitSeconds } = call;
  const pattern = awaitSeconds === undefined ? '' : '.waitForTaskToken';
  const state = new TaskState(scope, newId(name), {
    stateJson: {
      Type: 'Task',
      QueryLanguage: 'JSONata',
      Resource: `arn:${Aws.PARTITION}:states:::lambda:invoke${pattern}`,
      Arguments: { FunctionName: fn.functionArn, Payload: event },
      TimeoutSeconds: awaitSeconds ?? functionTimeoutSeconds + MARGIN_SECONDS,
      Output: output,
      ...(assign && { Assign: assign }),
    },
  });
  state.addRetry({ errors: [...FINAL_ERRORS], maxAttempts: 0 });
  if (awaitSeconds !== undefined) state.addRetry({ errors: ['States.Timeout'], maxAttempts: 0 });
  state.addRetry(toRetryProps(THROTTLE_RETRY));
  if (retry.attempts === 1) return state;
  if (!retry.errors.includes('States.ALL'))
    state.addRetry(toRetryProps({ ...OWN_RETRY, errors: SERVICE_ERRORS }));
  state.addRetry(toRetryProps(retry));
  return state;
}

export function toRetryProps({
  errors,
  attempts,
  baseSeconds,
  factor,
  maxSeconds,
  jitter,
}: Retry): sfn.RetryProps {
  return {
    errors: [...errors],
    maxAttempts: attempts - 1,
    interval: Duration.seconds(Math.max(1, baseSeconds)),
    backoffRate: factor,
    // Step Functions wants it to be more than the interval.
    ...(factor > 1 && { maxDelay: Duration.seconds(Math.max(2, baseSeconds + 1, maxSeconds)) }),
    ...(jitter === 'full' && { jitterStrategy: sfn.JitterType.FULL }),
  };
}
