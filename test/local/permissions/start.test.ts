import { expect, test } from 'vitest';
import { FUNCTION, roleWith, shopOf, shopWhereWorkerMay } from './function-fixture.ts';

const QUEUE = { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'jobs' } };
const QUEUE_ARN = { 'Fn::GetAtt': ['Queue', 'Arn'] };
const MAPPING = {
  Type: 'AWS::Lambda::EventSourceMapping',
  Properties: { EventSourceArn: QUEUE_ARN, FunctionName: { Ref: 'Worker' } },
};
const allow = (...Action: string[]) => ({ Effect: 'Allow', Action, Resource: '*' });

test.each([
  ['ReceiveMessage', allow('sqs:DeleteMessage', 'sqs:GetQueueAttributes')],
  ['DeleteMessage', allow('sqs:ReceiveMessage', 'sqs:GetQueueAttributes')],
  ['GetQueueAttributes', allow('sqs:ReceiveMessage', 'sqs:DeleteMessage')],
])('fails where an event source lacks %s', async (action, statement) => {
  const starting = shopWhereWorkerMay([statement], { Queue: QUEUE, Mapping: MAPPING });
  await expect(starting).rejects.toThrow(
    `Shop/Mapping: The function execution role does not have permissions to call ${action} on SQS (function worker): User: arn:`,
  );
});

test('succeeds with the permissions that an event source needs', async () => {
  const statement = allow('sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes');
  const { engine } = await shopWhereWorkerMay([statement], { Queue: QUEUE, Mapping: MAPPING });
  expect(engine.eventSources).toHaveLength(1);
});

test('fails where a function may not send to its dead-letter queue', async () => {
  const Properties = { ...FUNCTION.Properties, DeadLetterConfig: { TargetArn: QUEUE_ARN } };
  const starting = shopOf({ Queue: QUEUE, Role: roleWith([]), Worker: { ...FUNCTION, Properties } });
  await expect(starting).rejects.toThrow(
    'Shop/Worker: The function execution role does not have permissions to call SendMessage on SQS (function worker)',
  );
});

test('fails where a function may not send to its destination', async () => {
  const starting = shopWhereWorkerMay([], {
    Queue: QUEUE,
    Config: {
      Type: 'AWS::Lambda::EventInvokeConfig',
      Properties: {
        FunctionName: { Ref: 'Worker' },
        Qualifier: '$LATEST',
        DestinationConfig: { OnFailure: { Destination: QUEUE_ARN } },
      },
    },
  });
  await expect(starting).rejects.toThrow(
    'Shop/Config: The function execution role does not have permissions',
  );
});
