import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { SQS } from '../contract/limits.ts';
import { isTerminal } from '../contract/run.ts';
import { parseRunItem, RUN_TABLE, type RunItem, toAttribute } from '../contract/run-item.ts';

interface Hold {
  readonly arn: string;
  readonly runId: string;
  readonly nowMs: number;
}

/** Longer than the message of a run that is under way can stay out of sight. */
const SILENCE_MS = SQS.maxVisibilityTimeoutSeconds * 1000;

/**
 * Makes a run the holder of its schedule, in an item of the run table beside the runs. Nobody lets go of it: whether
 * the holder has ended is looked up by the next firing, so that no finish costs a write and no crash leaves it locked.
 *
 * @returns undefined, or the holder that has not ended
 */
export async function holdSchedule(
  dynamodb: DynamoDBClient,
  table: string,
  { arn, runId, nowMs }: Hold,
): Promise<string | undefined> {
  let ended: string | undefined;
  for (;;) {
    const holder = await take(dynamodb, table, { arn, runId, nowMs }, ended);
    if (holder === undefined) return undefined;
    if (!(await hasEnded(dynamodb, table, holder, nowMs))) return holder;
    // It ends: another turn means that another firing took the hold from this holder.
    ended = holder;
  }
}

/** @returns undefined, or who holds the schedule */
async function take(
  dynamodb: DynamoDBClient,
  table: string,
  { arn, runId, nowMs }: Hold,
  ended: string | undefined,
): Promise<string | undefined> {
  const command = new UpdateItemCommand({
    TableName: table,
    Key: { [RUN_TABLE.partitionKey]: toAttribute(`schedule ${arn}`) },
    UpdateExpression: 'SET holder = :runId, expiresAt = :expiresAt',
    ConditionExpression: 'attribute_not_exists(holder) OR holder IN (:runId, :ended)',
    ExpressionAttributeValues: {
      ':runId': toAttribute(runId),
      ':ended': toAttribute(ended ?? runId),
      ':expiresAt': toAttribute(Math.ceil(nowMs / 1000) + SQS.maxRetentionSeconds),
    },
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  });
  try {
    await dynamodb.send(command);
    return undefined;
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    return readHolder(error.Item);
  }
}

function readHolder(item: Record<string, AttributeValue> | undefined): string {
  const holder = item?.holder?.S;
  if (holder === undefined) throw new TypeError('the item of a schedule must name its holder');
  return holder;
}

async function hasEnded(
  dynamodb: DynamoDBClient,
  table: string,
  runId: string,
  nowMs: number,
): Promise<boolean> {
  const { Item } = await dynamodb.send(
    new GetItemCommand({
      TableName: table,
      Key: { [RUN_TABLE.partitionKey]: toAttribute(runId) },
      ConsistentRead: true,
    }),
  );
  if (Item === undefined) return true;
  const item = parseRunItem(Item);
  return isTerminal(item.status) || lastSign(item) + SILENCE_MS < nowMs;
}

/** A run whose message SQS took away stays `running` or `retrying`: it must not silence its schedule for ever. */
function lastSign({ status, leaseUntil = 0, notBefore = 0 }: RunItem): number {
  return status === 'retrying' ? notBefore : leaseUntil;
}
