import type { ListMessageMoveTasksResult, ListMessageMoveTasksResultEntry } from '@aws-sdk/client-sqs';
import { readInteger, requireString } from '../input.ts';
import type { MoveTask } from '../move-task.ts';
import { SqsError } from '../sqs-error.ts';
import type { Verb } from '../verb.ts';

export const listMessageMoveTasks: Verb = (store, input) => {
  const sourceArn = requireString(input, 'SourceArn');
  const maxResults = readInteger(input, 'MaxResults', { min: 1, max: 10 }) ?? 1;
  if (store.findByArn(sourceArn) === undefined) {
    throw new SqsError(
      'ResourceNotFoundException',
      `The resource that you specified for the SourceArn parameter doesn't exist: ${sourceArn}`,
    );
  }
  const tasks = store.moveTasks.list(sourceArn).slice(0, maxResults);
  return { Results: tasks.map(resultEntry) } satisfies ListMessageMoveTasksResult;
};

function resultEntry(task: MoveTask) {
  const { source, destination, maxPerSecond } = task.options;
  return {
    ...(task.status === 'RUNNING' && { TaskHandle: task.handle }),
    Status: task.status,
    SourceArn: source.arn,
    ...(destination !== undefined && { DestinationArn: destination.arn }),
    ...(maxPerSecond !== undefined && { MaxNumberOfMessagesPerSecond: maxPerSecond }),
    ApproximateNumberOfMessagesMoved: task.moved,
    ApproximateNumberOfMessagesToMove: task.toMove,
    ...(task.failureReason !== undefined && { FailureReason: task.failureReason }),
    StartedTimestamp: task.startedAtMs,
  } satisfies ListMessageMoveTasksResultEntry;
}
