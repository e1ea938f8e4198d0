import type { TaskState } from '../../definition/definition.ts';
import { newToken } from '../../tasks/new-token.ts';
import { readResource, type TaskResource } from '../../tasks/resource.ts';
import { checkSize } from '../data-limits.ts';
import { withRetries } from '../retry.ts';
import { evaluateIn, leave, type StateEntry, type StateExit } from '../state-entry.ts';
import { StateFailure } from '../state-failure.ts';
import { taskEvents } from '../task-events.ts';
import { awaitReport } from '../task-report.ts';
import { deadlineOf, type TaskTimes, withinTime } from '../task-times.ts';
import { unlessAborted } from '../wait.ts';

export function runTask(state: TaskState, entry: StateEntry): Promise<StateExit> {
  const resource = readResource(state.Resource);
  if ('problem' in resource) throw new StateFailure('States.Runtime', resource.problem);
  return withRetries(state, entry, async () => {
    const result = await attempt(state, resource, entry);
    checkSize(result, `The state/task '${entry.name}' returned a result`);
    return { next: state.Next, ...(await leave(entry, state, result, { result })) };
  });
}

async function attempt(state: TaskState, resource: TaskResource, entry: StateEntry): Promise<unknown> {
  const { scope } = entry;
  const times: TaskTimes = {
    timeoutSeconds: await secondsOf(state, 'TimeoutSeconds', entry),
    heartbeatSeconds: await secondsOf(state, 'HeartbeatSeconds', entry),
  };
  const events = taskEvents(resource, scope);
  try {
    if (resource.kind === 'function' || !resource.awaitsToken) {
      const given = await argumentsOf(state, entry);
      events.scheduled(given, times);
      const deadline = deadlineOf(times, scope.clock.now());
      return events.succeeded(await withinTime(call(resource, given, entry), deadline, scope));
    }
    // A token that is in the frame was given out before the engine was put away.
    if (scope.frame.awaited === undefined) {
      const token = newToken();
      const given = await argumentsOf(state, entry, token);
      events.scheduled(given, times);
      const timesOutAt = deadlineOf(times, scope.clock.now());
      const report = awaitReport(token, { ...times, timesOutAt }, scope);
      events.submitted(await Promise.race([call(resource, given, entry), report.failed]));
      scope.frame.awaited = { token, timesOutAt };
      scope.onChanged();
      return events.succeeded(await report.result);
    }
    const { token, timesOutAt } = scope.frame.awaited;
    return events.succeeded(await awaitReport(token, { ...times, timesOutAt }, scope).result);
  } catch (error) {
    if (error instanceof StateFailure && !scope.signal.aborted) events.failed(error);
    throw error;
  }
}

async function argumentsOf({ Arguments }: TaskState, entry: StateEntry, token?: string): Promise<unknown> {
  const given =
    Arguments === undefined
      ? entry.input
      : await evaluateIn(
          entry,
          Arguments,
          'Arguments',
          token === undefined ? {} : { task: { Token: token } },
        );
  checkSize(given, `The arguments of the state/task '${entry.name}' came`);
  return given;
}

async function call(resource: TaskResource, given: unknown, { scope }: StateEntry): Promise<unknown> {
  // Its arguments were evaluated beside the execution's end.
  scope.signal.throwIfAborted();
  const { service, action, optimized, from, onAnswer } =
    resource.kind === 'function'
      ? {
          service: 'lambda',
          optimized: true,
          action: 'invoke',
          from: { FunctionName: resource.functionArn, Payload: given },
          onAnswer: (answer: unknown) => (answer as { readonly Payload?: unknown }).Payload ?? null,
        }
      : {
          ...resource,
          optimized: resource.resourceType === resource.service,
          from: given,
          onAnswer: (answer: unknown) => answer,
        };
  return await unlessAborted(
    scope.callAws({ service, action, optimized, arguments: from }).then(onAnswer),
    scope.signal,
  );
}

/** https://states-language.net/spec.html#task-state: whole numbers, positive. */
async function secondsOf(
  state: TaskState,
  field: 'TimeoutSeconds' | 'HeartbeatSeconds',
  entry: StateEntry,
): Promise<number | undefined> {
  if (state[field] === undefined) return undefined;
  const seconds = await evaluateIn(entry, state[field], field);
  if (typeof seconds === 'number' && Number.isInteger(seconds) && seconds > 0) return seconds;
  throw new StateFailure(
    'States.QueryEvaluationError',
    `The field '${field}' of state '${entry.name}' must give a whole number of seconds, 1 or more, got ${JSON.stringify(seconds)}.`,
  );
}
