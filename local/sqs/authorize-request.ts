import type { Authorize } from '../permissions/access-denied.ts';
import { type Input, readString } from './input.ts';
import type { SqsStore } from './sqs-store.ts';

/**
 * A batch needs the permission of the single action. SQS writes actions in lower case.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsqs.html
 *
 * @throws AccessDenied
 */
export function authorizeRequest(authorize: Authorize, action: string, input: Input, store: SqsStore): void {
  const permission = (name: string) => `sqs:${name.toLowerCase()}`;
  const resource = resourceOf(input, store);
  if (resource !== undefined) authorize(permission(action.replace(/Batch$/, '')), resource);
  if (resource === undefined || action !== 'StartMessageMoveTask') return;
  // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-dead-letter-queue-redrive.html
  for (const name of ['ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes'])
    authorize(permission(name), resource);
  for (const destination of destinationsOf(input, resource, store))
    authorize(permission('SendMessage'), destination);
}

/** Undefined for a queue or task that does not exist, which is for the verb to say. */
function resourceOf(input: Input, store: SqsStore): string | undefined {
  const url = readString(input, 'QueueUrl');
  if (url !== undefined) return store.findByUrl(url)?.arn;
  const handle = readString(input, 'TaskHandle');
  if (handle !== undefined) return store.moveTasks.find(handle)?.options.source.arn;
  // ListQueues has neither a source nor a name: AWS names it with no queue at all.
  return readString(input, 'SourceArn') ?? store.arnOf(readString(input, 'QueueName') ?? '');
}

function destinationsOf(input: Input, sourceArn: string, store: SqsStore): readonly string[] {
  const destination = readString(input, 'DestinationArn');
  if (destination !== undefined) return [destination];
  const source = store.findByArn(sourceArn);
  return source === undefined ? [] : store.sourcesOf(source).map(queue => queue.arn);
}
