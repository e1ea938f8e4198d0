import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { Clock } from '../../../local/clock.ts';
import { runningShop } from '../engine/running.ts';

export interface FaultyShopOptions {
  /** Of the function that the queue's messages invoke. */
  readonly code?: string;
  readonly timeoutSeconds?: number;
  readonly clock?: Clock;
}

/** A queue whose messages invoke a function, and a table; what the function writes comes as lines. */
export async function startFaultyShop({
  code = 'async () => {}',
  timeoutSeconds = 3,
  clock,
}: FaultyShopOptions = {}) {
  const lines: string[] = [];
  const engine = await runningShop(
    {
      Resources: {
        Inbox: { Type: 'AWS::SQS::Queue', Properties: { VisibilityTimeout: timeoutSeconds } },
        Other: { Type: 'AWS::SQS::Queue' },
        Runs: {
          Type: 'AWS::DynamoDB::Table',
          Properties: {
            TableName: 'Runs',
            BillingMode: 'PAY_PER_REQUEST',
            KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
            AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
          },
        },
        Fn: {
          Type: 'AWS::Lambda::Function',
          Properties: {
            Code: { ZipFile: `exports.handler = ${code};` },
            Handler: 'index.handler',
            Runtime: 'nodejs24.x',
            Timeout: timeoutSeconds,
          },
        },
        Mapping: {
          Type: 'AWS::Lambda::EventSourceMapping',
          Properties: {
            EventSourceArn: { 'Fn::GetAtt': ['Inbox', 'Arn'] },
            FunctionName: { Ref: 'Fn' },
            BatchSize: 1,
          },
        },
      },
    },
    { onLog: ({ text }) => lines.push(text), ...(clock && { clock }) },
  );
  const named = (logicalId: string) => {
    const queue = engine.queues.find(each => each.logicalId === logicalId);
    if (!queue) throw new Error(`no queue ${logicalId}`);
    return queue;
  };
  return {
    faults: engine.faults,
    lines,
    functionName: engine.functions[0]?.name ?? '',
    inbox: named('Inbox'),
    other: named('Other'),
    sqs: new SQSClient(engine.clientConfig),
    dynamodb: new DynamoDBClient(engine.clientConfig),
    /** With no second try. */
    impatient: {
      sqs: new SQSClient({ ...engine.clientConfig, maxAttempts: 1 }),
      dynamodb: new DynamoDBClient({ ...engine.clientConfig, maxAttempts: 1 }),
    },
  };
}
