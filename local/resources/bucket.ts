import { type JsonObject, objectAt, objectsAt, stringAt } from '../json-value.ts';
import { readNotifications } from './bucket-notifications.ts';
import { encryptWith } from './key.ts';
import { physicalName } from './physical-name.ts';
import type { ResourceType } from './resource-type.ts';

const MAX_NAME_LENGTH = 63;

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-s3-bucket.html */
export const bucket: ResourceType = {
  properties: ['BucketEncryption', 'BucketName', 'NotificationConfiguration'],
  withoutEffect: [
    'AccelerateConfiguration',
    'AccessControl',
    'AnalyticsConfigurations',
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
    const arn = `arn:aws:s3:::${name}`;
    encryptWith(request, arn, defaultKey(properties));
    return {
      ref: name,
      attributes: {
        Arn: arn,
        DomainName: `${name}.s3.amazonaws.com`,
        DualStackDomainName: `${name}.s3.dualstack.${region}.amazonaws.com`,
        RegionalDomainName: `${name}.s3.${region}.amazonaws.com`,
      },
      summary: { kind: 'bucket', name },
    };
  },
};

/** Of what is put without another one. Of several rules S3 takes one. */
function defaultKey(properties: JsonObject): string | undefined {
  const rules =
    objectsAt(objectAt(properties, 'BucketEncryption') ?? {}, 'ServerSideEncryptionConfiguration') ?? [];
  const [byDefault = {}] = rules.map(rule => objectAt(rule, 'ServerSideEncryptionByDefault') ?? {});
  return stringAt(byDefault, 'KMSMasterKeyID');
}
