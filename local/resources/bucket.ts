import { stringAt } from '../json-value.ts';
import { readNotifications } from './bucket-notifications.ts';
import { physicalName } from './physical-name.ts';
import type { ResourceType } from './resource-type.ts';

const MAX_NAME_LENGTH = 63;

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-s3-bucket.html */
export const bucket: ResourceType = {
  properties: ['BucketName', 'NotificationConfiguration'],
  withoutEffect: [
    'AccelerateConfiguration',
    'AccessControl',
    'AnalyticsConfigurations',
    'BucketEncryption',
    'IntelligentTieringConfigurations',
    'InventoryConfigurations',
    // Objects live until the engine stops.
    'LifecycleConfiguration',
    'LoggingConfiguration',
    'MetricsConfigurations',
    'OwnershipControls',
    'PublicAccessBlockConfiguration',
    'Tags',
  ],

  async create(request) {
    const { properties, cloud } = request;
    const { region } = cloud.location;
    const name = stringAt(properties, 'BucketName') ?? physicalName(request, MAX_NAME_LENGTH).toLowerCase();
    await cloud.s3.createBucket(name);
    if (readNotifications(properties)) cloud.s3.tellEventBridge(name);
    return {
      ref: name,
      attributes: {
        Arn: `arn:aws:s3:::${name}`,
        DomainName: `${name}.s3.amazonaws.com`,
        DualStackDomainName: `${name}.s3.dualstack.${region}.amazonaws.com`,
        RegionalDomainName: `${name}.s3.${region}.amazonaws.com`,
      },
      summary: { kind: 'bucket', name },
    };
  },
};
