import type {
  CreateTableCommandInput,
  GlobalSecondaryIndex,
  KeySchemaElement,
  LocalSecondaryIndex,
} from '@aws-sdk/client-dynamodb';
import {
  type JsonObject,
  objectAt,
  objectsAt,
  oneOfAt,
  onlyKnown,
  required,
  stringAt,
  stringsAt,
} from '../json-value.ts';

/** Capacity is not imitated: nothing is throttled here. */
const INDEX_CAPACITY = [
  'ContributorInsightsSpecification',
  'OnDemandThroughput',
  'ProvisionedThroughput',
  'ReadOnDemandThroughputSettings',
  'ReadProvisionedThroughputSettings',
  'WarmThroughput',
  'WriteOnDemandThroughputSettings',
  'WriteProvisionedThroughputSettings',
];

/** The keys and indexes that `AWS::DynamoDB::Table` and `AWS::DynamoDB::GlobalTable` declare alike. */
export function tableSchema(properties: JsonObject): Omit<CreateTableCommandInput, 'TableName'> {
  const global = objectsAt(properties, 'GlobalSecondaryIndexes');
  const local = objectsAt(properties, 'LocalSecondaryIndexes');
  return {
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: required(objectsAt(properties, 'AttributeDefinitions'), 'AttributeDefinitions').map(
      definition => ({
        AttributeName: required(stringAt(definition, 'AttributeName'), 'AttributeName'),
        AttributeType: required(oneOfAt(definition, 'AttributeType', ['S', 'N', 'B']), 'AttributeType'),
      }),
    ),
    KeySchema: keySchema(properties),
    ...(global?.length ? { GlobalSecondaryIndexes: global.map(index) } : {}),
    ...(local?.length ? { LocalSecondaryIndexes: local.map(index) } : {}),
  };
}

/** The attribute that holds the time an item expires at; undefined when nothing expires. */
export function timeToLiveAttribute(properties: JsonObject): string | undefined {
  const specification = objectAt(properties, 'TimeToLiveSpecification');
  if (specification === undefined || String(specification.Enabled) !== 'true') return undefined;
  return required(stringAt(specification, 'AttributeName'), 'TimeToLiveSpecification.AttributeName');
}

function keySchema(owner: JsonObject): KeySchemaElement[] {
  return required(objectsAt(owner, 'KeySchema'), 'KeySchema').map(key => ({
    AttributeName: required(stringAt(key, 'AttributeName'), 'AttributeName'),
    KeyType: required(oneOfAt(key, 'KeyType', ['HASH', 'RANGE']), 'KeyType'),
  }));
}

function index(declaration: JsonObject): GlobalSecondaryIndex & LocalSecondaryIndex {
  onlyKnown(declaration, ['IndexName', 'KeySchema', 'Projection', ...INDEX_CAPACITY]);
  const projection = required(objectAt(declaration, 'Projection'), 'Projection');
  const attributes = stringsAt(projection, 'NonKeyAttributes');
  return {
    IndexName: required(stringAt(declaration, 'IndexName'), 'IndexName'),
    KeySchema: keySchema(declaration),
    Projection: {
      ProjectionType: oneOfAt(projection, 'ProjectionType', ['ALL', 'KEYS_ONLY', 'INCLUDE']),
      ...(attributes ? { NonKeyAttributes: [...attributes] } : {}),
    },
  };
}
