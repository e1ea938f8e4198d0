import type { CancelMessageMoveTaskResult } from '@aws-sdk/client-sqs';
import { requireString } from '../input.ts';
import type { Verb } from '../verb.ts';

export const cancelMessageMoveTask: Verb = (store, input) => {
  const task = store.moveTasks.cancel(requireString(input, 'TaskHandle'));
  return { ApproximateNumberOfMessagesMoved: task.moved } satisfies CancelMessageMoveTaskResult;
};
