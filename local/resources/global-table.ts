import { objectsAt, onlyKnown, required, stringAt } from '../json-value.ts';
import { StartError } from '../start-error.ts';
import type { ResourceType } from './resource-type.ts';
import { createTable, table } from './table.ts';

const REPLICA_PROPERTIES = [
  'ContributorInsightsSpecification',
  'DeletionProtectionEnabled',
  // Capacity settings of the indexes; the indexes themselves are declared on the table.
  'GlobalSecondaryIndexes',
  'PointInTimeRecoverySpecification',
  'ReadOnDemandThroughputSettings',
  'ReadProvisionedThroughputSettings',
  'Region',
  'ResourcePolicy',
  'SSESpecification',
  'TableClass',
  'Tags',
];

/**
 * What `TableV2` makes: a table with a replica in its own region alone.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-dynamodb-globaltable.html
 */
export const globalTable: ResourceType = {
  // A resource policy belongs to a replica.
  properties: [...table.properties.filter(property => property !== 'ResourcePolicy'), 'Replicas'],
  withoutEffect: [
    'BillingMode',
    'ReadOnDemandThroughputSettings',
    'ReadProvisionedThroughputSettings',
    'WarmThroughput',
    'WriteOnDemandThroughputSettings',
    'WriteProvisionedThroughputSettings',
  ],

  create(request) {
    const { region } = request.cloud.location;
    const replicas = required(objectsAt(request.properties, 'Replicas'), 'Replicas');
    for (const replica of replicas) {
      onlyKnown(replica, REPLICA_PROPERTIES);
      const elsewhere = stringAt(replica, 'Region');
      if (elsewhere !== region) {
        throw new StartError(`Replicas: the engine runs in ${region} only, got a replica in ${elsewhere}`);
      }
    }
    return createTable(request, replicas[0] ?? {});
  },
};
