import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { S3Client } from '@aws-sdk/client-s3';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { ProcessLife } from './process-life.ts';

export type Command =
  | 'UpdateItemCommand'
  | 'SendMessageCommand'
  | 'ChangeMessageVisibilityBatchCommand'
  | 'GetObjectCommand'
  | 'PutObjectCommand'
  | 'DeleteObjectCommand';

type Hook = (command: Command, input: object) => unknown;

/** The way between the consumer's AWS clients and AWS, and what goes wrong on it. */

export function createWire() {
  const beforeCall: Hook[] = [];
  const afterAnswer: Hook[] = [];
  const requests: { readonly command: Command; readonly input: object }[] = [];
  return {
    /** Every request that was sent, repetitions by the SDK included. */
    requests,
    /** What happens before each call of a client; may throw or be waited for. */
    beforeCall: (hook: Hook) => void beforeCall.push(hook),
    /** Makes the next `times` calls of a command fail, before they are sent. */
    fail(command: Command, error: Error, times = 1) {
      let left = times;
      beforeCall.push(called => {
        if (called === command && left-- > 0) throw error;
      });
    },
    /** Ends all that `fail` and `beforeCall` began. */
    recover: () => beforeCall.splice(0),
    /** Loses the answer to one request, counted from 1, after AWS has carried it out; and what happens meanwhile. */
    loseAnswer(command: Command, number: number, meanwhile: () => unknown = () => {}) {
      let seen = 0;
      afterAnswer.push(async called => {
        if (called !== command || ++seen !== number) return;
        await meanwhile();
        throw Object.assign(new Error('the answer was lost'), { name: 'TimeoutError' });
      });
    },
    lead<T extends SQSClient | DynamoDBClient | S3Client>(client: T, life: ProcessLife): T {
      const stack = client.middlewareStack as SQSClient['middlewareStack'];
      stack.add(
        (next, { commandName }) =>
          async args => {
            for (const hook of beforeCall) await hook(commandName as Command, args.input);
            return await next(args);
          },
        { step: 'initialize' },
      );
      // Below the SDK's own retries.
      stack.add(
        (next, { commandName }) =>
          async args => {
            await life.goesOn();
            requests.push({ command: commandName as Command, input: args.input });
            const answer = await next(args);
            for (const hook of afterAnswer) await hook(commandName as Command, args.input);
            await life.goesOn();
            return answer;
          },
        { step: 'finalizeRequest', priority: 'low' },
      );
      return client;
    },
  };
}

export function throttled(): Error {
  return Object.assign(new Error('Throughput exceeds the current capacity'), {
    name: 'ProvisionedThroughputExceededException',
  });
}
