import {
  type AttributeValue,
  BatchGetItemCommand,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { toAttribute } from '../../contract/run-item.ts';
import {
  parseWorkflowItem,
  type WorkflowItem,
  type WorkflowStatus,
} from '../../contract/workflow/workflow-run.ts';

/** One conditional change of a run's item. */
export interface WorkflowUpdate {
  readonly set?: Readonly<Record<string, string | number>>;
  readonly remove?: readonly string[];
  /** A record to be added to `steps`, while there are fewer than `MOST_STEPS`. */
  readonly addStep?: string;
  /** The item must have one of these. */
  readonly statuses: readonly WorkflowStatus[];
  /** Attributes that must not be there. */
  readonly absent?: readonly string[];
  /** Attributes that must be so. */
  readonly is?: Readonly<Record<string, string | number>>;
  /** The run must not have been redriven more often. */
  readonly epochAtMost?: number | undefined;
}

export type WorkflowWrite =
  | {
      readonly written: true;
      readonly item: WorkflowItem;
      readonly attributes: Record<string, AttributeValue>;
    }
  /** As it stood in the way; undefined when there is none. */
  | {
      readonly written: false;
      readonly item: WorkflowItem | undefined;
      readonly attributes: Record<string, AttributeValue>;
    };

/** So that no run outgrows its item. */
const MOST_STEPS = 100;

export async function updateWorkflowItem(
  dynamodb: DynamoDBClient,
  table: string,
  runId: string,
  { set = {}, remove = [], addStep, statuses, absent = [], is = {}, epochAtMost }: WorkflowUpdate,
): Promise<WorkflowWrite> {
  const names = [
    ...Object.keys(set),
    ...remove,
    ...absent,
    ...Object.keys(is),
    'status',
    ...(addStep === undefined ? [] : ['steps']),
    ...(epochAtMost === undefined ? [] : ['epoch']),
  ];
  const alias = (name: string) => `#${inExpression(name)}`;
  const value = (name: string) => `:${inExpression(name)}`;
  const sets = Object.keys(set).map(name => `${alias(name)} = ${value(name)}`);
  if (addStep !== undefined) sets.push('#steps = list_append(if_not_exists(#steps, :none), :step)');
  const changes = [
    sets.length > 0 && `SET ${sets.join(', ')}`,
    remove.length > 0 && `REMOVE ${remove.map(alias).join(', ')}`,
  ];
  const conditions = [
    `#status IN (${statuses.map((_, index) => `:is${index}`).join(', ')})`,
    ...absent.map(name => `attribute_not_exists(${alias(name)})`),
    ...Object.keys(is).map(name => `${alias(name)} = ${value(name)}_is`),
    ...(epochAtMost === undefined ? [] : ['#epoch <= :epochAtMost']),
    ...(addStep === undefined ? [] : [`(attribute_not_exists(#steps) OR size(#steps) < :most)`]),
  ];
  return await written(() =>
    dynamodb.send(
      new UpdateItemCommand({
        TableName: table,
        Key: { runId: toAttribute(runId) },
        UpdateExpression: changes.filter(Boolean).join(' '),
        ConditionExpression: conditions.join(' AND '),
        ExpressionAttributeNames: Object.fromEntries(names.map(name => [alias(name), name])),
        ExpressionAttributeValues: {
          ...Object.fromEntries(Object.entries(set).map(([name, each]) => [value(name), toAttribute(each)])),
          ...Object.fromEntries(statuses.map((status, index) => [`:is${index}`, toAttribute(status)])),
          ...Object.fromEntries(
            Object.entries(is).map(([name, each]) => [`${value(name)}_is`, toAttribute(each)]),
          ),
          ...(epochAtMost !== undefined && { ':epochAtMost': toAttribute(epochAtMost) }),
          ...(addStep !== undefined && {
            ':none': { L: [] },
            ':step': { L: [toAttribute(addStep)] },
            ':most': toAttribute(MOST_STEPS),
          }),
        },
        ReturnValues: 'ALL_NEW',
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      }),
    ),
  );
}

/** Each name by another: signals' may differ in a sign alone, which expressions do not take. */
function inExpression(name: string): string {
  return name.replaceAll(/[^a-zA-Z0-9]/g, sign => `_${sign.charCodeAt(0)}`);
}

/** Writes the item where there is none, or in the place of one whose memory had ended by `nowSeconds`. */
export async function putWorkflowItem(
  dynamodb: DynamoDBClient,
  table: string,
  item: Omit<WorkflowItem, 'steps'>,
  nowSeconds: number,
): Promise<WorkflowWrite> {
  const attributes = Object.fromEntries(
    Object.entries(item).map(([name, value]: [string, string | number]) => [name, toAttribute(value)]),
  );
  return await written(async () => {
    await dynamodb.send(
      new PutItemCommand({
        TableName: table,
        Item: attributes,
        ConditionExpression: 'attribute_not_exists(runId) OR expiresAt <= :now',
        ExpressionAttributeValues: { ':now': toAttribute(nowSeconds) },
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      }),
    );
    return { Attributes: attributes };
  });
}

/** Takes back a row of a start that has failed. One that another has brought further stays. */
export async function deleteQueuedItem(
  dynamodb: DynamoDBClient,
  table: string,
  runId: string,
): Promise<void> {
  await written(() =>
    dynamodb.send(
      new DeleteItemCommand({
        TableName: table,
        Key: { runId: toAttribute(runId) },
        ConditionExpression: '#status = :queued',
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: { ':queued': toAttribute('queued') },
        ReturnValues: 'ALL_OLD',
      }),
    ),
  );
}

/** Strongly consistent. */
export async function readWorkflowItem(
  dynamodb: DynamoDBClient,
  table: string,
  runId: string,
): Promise<WorkflowItem | undefined> {
  const { Item } = await dynamodb.send(
    new GetItemCommand({ TableName: table, Key: { runId: toAttribute(runId) }, ConsistentRead: true }),
  );
  return Item && parseWorkflowItem(Item);
}

/** At most 100, in the order of their ids; those that are gone are left out. */
export async function readWorkflowItems(
  dynamodb: DynamoDBClient,
  table: string,
  runIds: readonly string[],
): Promise<readonly WorkflowItem[]> {
  const found = new Map<string, WorkflowItem>();
  let keys = runIds.map(
    runId => ({ runId: toAttribute(runId) as AttributeValue }) as Record<string, AttributeValue>,
  );
  while (keys.length > 0) {
    const { Responses, UnprocessedKeys } = await dynamodb.send(
      new BatchGetItemCommand({ RequestItems: { [table]: { Keys: keys, ConsistentRead: true } } }),
    );
    for (const item of Responses?.[table]?.map(parseWorkflowItem) ?? []) found.set(item.runId, item);
    keys = UnprocessedKeys?.[table]?.Keys ?? [];
  }
  return runIds.flatMap(runId => found.get(runId) ?? []);
}

/** An item may have 400 KB. https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html */
export function isTooLarge(error: unknown): boolean {
  return (
    error instanceof Error && error.name === 'ValidationException' && /size.*exceeded/i.test(error.message)
  );
}

async function written(
  write: () => Promise<{ readonly Attributes?: Record<string, AttributeValue> | undefined }>,
): Promise<WorkflowWrite> {
  try {
    const { Attributes: attributes = {} } = await write();
    return { written: true, item: parseWorkflowItem(attributes), attributes };
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    const attributes = error.Item ?? {};
    return { written: false, item: error.Item && parseWorkflowItem(attributes), attributes };
  }
}
