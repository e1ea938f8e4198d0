import type { DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { expect, test } from 'vitest';
import { createPartitionProgress } from '../../../lambda/export/partition-progress.ts';

const RUN = { runId: 'r', workflow: 'w', status: 'running' };
const NUMBERS = { epoch: 0, createdAt: 0, updatedAt: 0 };

/** An item of a run, and what was written to it. */
function startItem(): { dynamodb: DynamoDBClient; written: unknown[][] } {
  const attributes: Record<string, object> = {
    ...Object.fromEntries(Object.entries(RUN).map(([name, value]) => [name, { S: value }])),
    ...Object.fromEntries(Object.entries(NUMBERS).map(([name, value]) => [name, { N: String(value) }])),
  };
  const written: unknown[][] = [];
  const send = async ({ input }: UpdateItemCommand) => {
    const names = input.ExpressionAttributeNames ?? {};
    const set = Object.entries(names)
      .filter(([alias]) => input.UpdateExpression?.includes(`${alias} =`))
      .map(([alias, name]) => [name, input.ExpressionAttributeValues?.[alias.replace('#', ':')]] as const);
    for (const [name, value] of set) if (value) attributes[name] = value;
    written.push(set.map(([name]) => name).filter(name => name !== 'updatedAt'));
    return { Attributes: attributes };
  };
  return { dynamodb: { send } as unknown as DynamoDBClient, written };
}

const clock = { now: () => 0, sleep: () => Promise.reject(new Error('nothing waits here')) };
const at = (pages: number, done = false) => ({ pages, rows: pages * 10, total: 20, done });

test('each word is one write, and the sum is told from the second on', async () => {
  const { dynamodb, written } = startItem();
  const partition = { workflow: 'w', runId: 'r', planId: 'p', of: 2 };
  const [first, second] = [0, 1].map(index =>
    createPartitionProgress({ dynamodb, table: 't', clock }, { ...partition, partition: index }),
  );
  await first?.(at(0));
  await second?.(at(0));
  await second?.(at(1));
  expect(written).toEqual([['progress:0'], ['progress:1'], ['progress:1', 'progress']]);
});

test('one that has one word only tells the sum with it', async () => {
  const { dynamodb, written } = startItem();
  const tell = createPartitionProgress(
    { dynamodb, table: 't', clock },
    { workflow: 'w', runId: 'r', planId: 'p', partition: 0, of: 2 },
  );
  await tell(at(2, true));
  expect(written.at(-1)).toEqual(['progress:0', 'progress']);
});
