import { RemovalPolicy } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as kms from 'aws-cdk-lib/aws-kms';
import { expect, test } from 'vitest';
import { RunTable, type RunTableProps } from '../../lib/index.ts';
import { newStack } from './stack.ts';

const TABLE = 'AWS::DynamoDB::Table';

function synthesize(props?: RunTableProps): Template {
  const stack = newStack();
  new RunTable(stack, 'Runs', props);
  return Template.fromStack(stack);
}

test('it is on demand, recoverable, forgets runs by TTL and outlives its stack', () => {
  synthesize().hasResource(TABLE, {
    DeletionPolicy: 'Retain',
    UpdateReplacePolicy: 'Retain',
    Properties: {
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [{ AttributeName: 'runId', KeyType: 'HASH' }],
      TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    },
  });
});

test('its indexes hold keys alone', () => {
  const index = (name: string, partitionKey: string, sortKey: string) => ({
    IndexName: name,
    KeySchema: [
      { AttributeName: partitionKey, KeyType: 'HASH' },
      { AttributeName: sortKey, KeyType: 'RANGE' },
    ],
    Projection: { ProjectionType: 'KEYS_ONLY' },
  });

  synthesize().hasResourceProperties(TABLE, {
    GlobalSecondaryIndexes: [
      index('byTask', 'listKey', 'createdAt'),
      index('deadLetters', 'deadLetterKey', 'finishedAt'),
    ],
  });
});

test('it can be deleted with its stack', () => {
  synthesize({ removalPolicy: RemovalPolicy.DESTROY }).hasResource(TABLE, { DeletionPolicy: 'Delete' });
});

test('a customer’s key encrypts it', () => {
  const stack = newStack();
  new RunTable(stack, 'Runs', { encryptionKey: new kms.Key(stack, 'Key') });

  Template.fromStack(stack).hasResourceProperties(TABLE, {
    SSESpecification: { SSEEnabled: true, SSEType: 'KMS' },
  });
});

test('an existing table is taken as it is', () => {
  const stack = newStack();
  const table = dynamodb.Table.fromTableName(stack, 'Old', 'runs');

  expect(new RunTable(stack, 'Runs', { table }).table.tableName).toBe('runs');
  Template.fromStack(stack).resourceCountIs(TABLE, 0);
});
