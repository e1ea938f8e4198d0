import type { TaskResource } from '../tasks/resource.ts';
import { type ListScope, record } from './scope.ts';
import type { StateFailure } from './state-failure.ts';
import type { TaskTimes } from './task-times.ts';

/** The events of one attempt of a task, as its resource has them. */
export interface TaskEvents {
  scheduled(given: unknown, times: TaskTimes): void;
  /** The call was made, and its answer counts for nothing: the task waits to be reported. */
  submitted(answer: unknown): void;
  /** @returns the result */
  succeeded(result: unknown): unknown;
  failed(failure: StateFailure): void;
}

/** A failure before the task was scheduled has no event here: the evaluation's own says it. */
export function taskEvents(resource: TaskResource, scope: ListScope): TaskEvents {
  const events =
    resource.kind === 'function' ? functionEvents(resource.functionArn, scope) : callEvents(resource, scope);
  let scheduled = scope.frame.awaited !== undefined;
  return {
    ...events,
    scheduled(given, times) {
      scheduled = true;
      events.scheduled(given, times);
    },
    failed(failure) {
      if (scheduled) events.failed(failure);
    },
  };
}

const WHOLE = { truncated: false };

/** https://docs.aws.amazon.com/step-functions/latest/apireference/API_HistoryEvent.html */
function functionEvents(functionArn: string, scope: ListScope): TaskEvents {
  return {
    scheduled(given, { timeoutSeconds }) {
      record(scope, 'LambdaFunctionScheduled', {
        lambdaFunctionScheduledEventDetails: {
          resource: functionArn,
          input: JSON.stringify(given),
          inputDetails: WHOLE,
          ...(timeoutSeconds !== undefined && { timeoutInSeconds: timeoutSeconds }),
        },
      });
      record(scope, 'LambdaFunctionStarted');
    },
    submitted() {},
    succeeded(result) {
      record(scope, 'LambdaFunctionSucceeded', {
        lambdaFunctionSucceededEventDetails: { output: JSON.stringify(result), outputDetails: WHOLE },
      });
      return result;
    },
    failed({ error, details: cause }) {
      if (error === 'States.Timeout') {
        record(scope, 'LambdaFunctionTimedOut', { lambdaFunctionTimedOutEventDetails: { error, cause } });
      } else record(scope, 'LambdaFunctionFailed', { lambdaFunctionFailedEventDetails: { error, cause } });
    },
  };
}

function callEvents(
  { resourceType, resource }: { readonly resourceType: string; readonly resource: string },
  scope: ListScope,
): TaskEvents {
  const what = { resourceType, resource };
  let submitted = scope.frame.awaited !== undefined;
  return {
    scheduled(given, { timeoutSeconds, heartbeatSeconds }) {
      record(scope, 'TaskScheduled', {
        taskScheduledEventDetails: {
          ...what,
          region: scope.region,
          parameters: JSON.stringify(given),
          ...(timeoutSeconds !== undefined && { timeoutInSeconds: timeoutSeconds }),
          ...(heartbeatSeconds !== undefined && { heartbeatInSeconds: heartbeatSeconds }),
        },
      });
      record(scope, 'TaskStarted', { taskStartedEventDetails: what });
    },
    submitted(answer) {
      submitted = true;
      record(scope, 'TaskSubmitted', {
        taskSubmittedEventDetails: { ...what, output: JSON.stringify(answer), outputDetails: WHOLE },
      });
    },
    succeeded(result) {
      record(scope, 'TaskSucceeded', {
        taskSucceededEventDetails: { ...what, output: JSON.stringify(result), outputDetails: WHOLE },
      });
      return result;
    },
    failed({ error, details: cause }) {
      const details = { ...what, error, cause };
      if (error === 'States.Timeout' || error === 'States.HeartbeatTimeout') {
        record(scope, 'TaskTimedOut', { taskTimedOutEventDetails: details });
      } else if (resource.endsWith('.waitForTaskToken') && !submitted) {
        record(scope, 'TaskSubmitFailed', { taskSubmitFailedEventDetails: details });
      } else record(scope, 'TaskFailed', { taskFailedEventDetails: details });
    },
  };
}
