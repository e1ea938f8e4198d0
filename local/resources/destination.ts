import type { Cloud } from '../cloud.ts';
import type { Destination } from '../lambda/async-invocation.ts';
import type { Outgoing } from '../lambda/async-records.ts';
import { StartError } from '../start-error.ts';
import { functionOf } from './function-of.ts';

/**
 * Where Lambda sends what becomes of asynchronous invocations: a standard queue, a topic or a function. Buckets and
 * event buses are refused, by name.
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
 */
export function destinationOf(arn: string, cloud: Cloud): Destination {
  const [, , service] = arn.split(':');
  if (service === 'sqs') {
    const queue = cloud.sqs.queueByArn(arn);
    if (queue === undefined) throw new StartError(`${arn} is no queue of these stacks`);
    if (queue.fifo) throw new StartError(`Lambda sends to standard queues only, got ${arn}`);
    return message => cloud.sqs.send(arn, sqsMessage(message), { senderId: 'lambda' });
  }
  if (service === 'sns') return ({ body, attributes = {} }) => publish(cloud, arn, body, attributes);
  if (service === 'lambda') {
    const target = functionOf(arn, cloud);
    return ({ body }) => cloud.lambda.invokeAsync(target, JSON.parse(body));
  }
  throw new StartError(`a destination must be a queue, a topic or a function, got ${arn}`);
}

/** A function's own dead-letter queue: a standard queue or a topic. */
export function deadLetterQueueOf(arn: string, cloud: Cloud): Destination {
  if (/^arn:aws:(sqs|sns):/.test(arn)) return destinationOf(arn, cloud);
  throw new StartError(`DeadLetterConfig.TargetArn must be a queue or a topic, got ${arn}`);
}

function sqsMessage({ body, attributes = {} }: Outgoing): Record<string, unknown> {
  const entries = Object.entries(attributes).map(([name, { dataType, stringValue }]) => [
    name,
    { DataType: dataType, StringValue: stringValue },
  ]);
  return { MessageBody: body, MessageAttributes: Object.fromEntries(entries) };
}

function publish(cloud: Cloud, arn: string, message: string, sent: NonNullable<Outgoing['attributes']>) {
  const attributes = Object.entries(sent).map(
    ([name, { dataType, stringValue }]) => [name, { type: dataType, value: stringValue }] as const,
  );
  cloud.sns.publish(arn, { message, attributes: Object.fromEntries(attributes) });
}
