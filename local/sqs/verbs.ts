import type { SQS } from '@aws-sdk/client-sqs';
import type { Verb } from './verb.ts';
import { cancelMessageMoveTask } from './verbs/cancel-message-move-task.ts';
import { changeMessageVisibility } from './verbs/change-message-visibility.ts';
import { changeMessageVisibilityBatch } from './verbs/change-message-visibility-batch.ts';
import { createQueue } from './verbs/create-queue.ts';
import { deleteMessage } from './verbs/delete-message.ts';
import { deleteMessageBatch } from './verbs/delete-message-batch.ts';
import { deleteQueue } from './verbs/delete-queue.ts';
import { getQueueAttributes } from './verbs/get-queue-attributes.ts';
import { getQueueUrl } from './verbs/get-queue-url.ts';
import { listDeadLetterSourceQueues } from './verbs/list-dead-letter-source-queues.ts';
import { listMessageMoveTasks } from './verbs/list-message-move-tasks.ts';
import { listQueueTags } from './verbs/list-queue-tags.ts';
import { listQueues } from './verbs/list-queues.ts';
import { purgeQueue } from './verbs/purge-queue.ts';
import { receiveMessage } from './verbs/receive-message.ts';
import { sendMessage } from './verbs/send-message.ts';
import { sendMessageBatch } from './verbs/send-message-batch.ts';
import { setQueueAttributes } from './verbs/set-queue-attributes.ts';
import { startMessageMoveTask } from './verbs/start-message-move-task.ts';
import { tagQueue } from './verbs/tag-queue.ts';
import { untagQueue } from './verbs/untag-queue.ts';

/** Every action of the SQS API, and what serves it here. */
export const VERBS: Readonly<Record<Action, Verb | 'refused'>> = {
  AddPermission: 'refused',
  CancelMessageMoveTask: cancelMessageMoveTask,
  ChangeMessageVisibility: changeMessageVisibility,
  ChangeMessageVisibilityBatch: changeMessageVisibilityBatch,
  CreateQueue: createQueue,
  DeleteMessage: deleteMessage,
  DeleteMessageBatch: deleteMessageBatch,
  DeleteQueue: deleteQueue,
  GetQueueAttributes: getQueueAttributes,
  GetQueueUrl: getQueueUrl,
  ListDeadLetterSourceQueues: listDeadLetterSourceQueues,
  ListMessageMoveTasks: listMessageMoveTasks,
  ListQueueTags: listQueueTags,
  ListQueues: listQueues,
  PurgeQueue: purgeQueue,
  ReceiveMessage: receiveMessage,
  RemovePermission: 'refused',
  SendMessage: sendMessage,
  SendMessageBatch: sendMessageBatch,
  SetQueueAttributes: setQueueAttributes,
  StartMessageMoveTask: startMessageMoveTask,
  TagQueue: tagQueue,
  UntagQueue: untagQueue,
};

/** The SDK's client has one method an action, besides `send`, `destroy` and the like. */
type Action = Capitalize<
  Exclude<
    keyof SQS,
    | 'config'
    | 'destroy'
    | 'initConfig'
    | 'middlewareStack'
    | 'send'
    | `paginate${string}`
    | `waitUntil${string}`
  >
>;
