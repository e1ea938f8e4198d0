import { type JsonObject, objectAt, stringAt } from '../json-value.ts';
import { encryptWith } from './key.ts';
import { physicalName } from './physical-name.ts';
import { policyDocument } from './policy-document.ts';
import type { LiveResource, ResourceRequest, ResourceType } from './resource-type.ts';
import { tableSchema, timeToLiveAttribute } from './table-schema.ts';

const MAX_NAME_LENGTH = 255;

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-dynamodb-table.html */
export const table: ResourceType = {
  properties: [
    'AttributeDefinitions',
    'GlobalSecondaryIndexes',
    'KeySchema',
    'LocalSecondaryIndexes',
    'ResourcePolicy',
    'SSESpecification',
    'TableName',
    'TimeToLiveSpecification',
  ],
  withoutEffect: [
    'BillingMode',
    'ContributorInsightsSpecification',
    'DeletionProtectionEnabled',
    'OnDemandThroughput',
    'PointInTimeRecoverySpecification',
    'ProvisionedThroughput',
    'TableClass',
    'Tags',
    'WarmThroughput',
  ],
  create: request => createTable(request, request.properties),
};

/** @param own has what a global table's replica has for itself: policy and key */
export async function createTable(request: ResourceRequest, own: JsonObject): Promise<LiveResource> {
  const { properties, cloud } = request;
  const name = stringAt(properties, 'TableName') ?? physicalName(request, MAX_NAME_LENGTH);
  const { arn } = await cloud.dynamodb.createTable({ TableName: name, ...tableSchema(properties) });
  const ttl = timeToLiveAttribute(properties);
  if (ttl !== undefined) await cloud.dynamodb.enableTimeToLive(name, ttl);
  const resourcePolicy = objectAt(own, 'ResourcePolicy');
  if (resourcePolicy !== undefined) {
    cloud.permissions.addResourcePolicy(arn, policyDocument(resourcePolicy, 'resource', request));
  }
  encryptWith(request, arn, stringAt(objectAt(own, 'SSESpecification') ?? {}, 'KMSMasterKeyId'));
  return { ref: name, attributes: { Arn: arn }, summary: { kind: 'table', name, arn } };
}
