import type { StartMessageMoveTaskResult } from '@aws-sdk/client-sqs';
import { readInteger, readString, requireString } from '../input.ts';
import { MAX_MOVES_PER_SECOND } from '../move-task.ts';
import type { Queue } from '../queue.ts';
import { SqsError } from '../sqs-error.ts';
import type { SqsStore } from '../sqs-store.ts';
import type { Verb } from '../verb.ts';

export const startMessageMoveTask: Verb = (store, input) => {
  const source = requireQueue(store, 'SourceArn', requireString(input, 'SourceArn'));
  const destinationArn = readString(input, 'DestinationArn');
  const destination =
    destinationArn === undefined ? undefined : requireQueue(store, 'DestinationArn', destinationArn);
  const maxPerSecond = readInteger(input, 'MaxNumberOfMessagesPerSecond', {
    min: 1,
    max: MAX_MOVES_PER_SECOND,
  });
  if (store.sourcesOf(source).length === 0) {
    throw new SqsError('InvalidParameterValue', 'Source queue must be configured as a Dead Letter Queue.');
  }
  if (destination?.arn === source.arn) {
    throw new SqsError(
      'InvalidParameterValue',
      'Source queue arn and destination queue arn cannot be the same.',
    );
  }
  if (destination !== undefined && destination.fifo !== source.fifo) {
    throw new SqsError(
      'InvalidParameterValue',
      'The source queue and destination queue must be of the same queue type.',
    );
  }
  const task = store.moveTasks.start(source, { destination, maxPerSecond });
  return { TaskHandle: task.handle } satisfies StartMessageMoveTaskResult;
};

function requireQueue(store: SqsStore, parameter: string, arn: string): Queue {
  const queue = store.findByArn(arn);
  if (queue !== undefined) return queue;
  throw new SqsError(
    'ResourceNotFoundException',
    `The resource that you specified for the ${parameter} parameter doesn't exist: ${arn}`,
  );
}
