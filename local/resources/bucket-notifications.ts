import { booleanAt, type JsonObject, objectAt, onlyKnown, required, stringAt } from '../json-value.ts';
import { physicalName } from './physical-name.ts';
import type { ResourceType } from './resource-type.ts';

/**
 * The custom resource by which CDK's Bucket sets its notifications, `eventBridgeEnabled` for one. The engine does itself
 * what its function does in AWS. Notifications of queues, topics and functions without EventBridge are refused.
 */
export const bucketNotifications: ResourceType = {
  properties: ['BucketName', 'NotificationConfiguration'],
  withoutEffect: ['Managed', 'ServiceToken', 'SkipDestinationValidation'],

  async create(request) {
    const { properties, cloud } = request;
    const bucket = required(stringAt(properties, 'BucketName'), 'BucketName');
    const configuration = objectAt(properties, 'NotificationConfiguration') ?? {};
    onlyKnown(configuration, ['EventBridgeConfiguration']);
    // As the API has it: an empty object.
    if (objectAt(configuration, 'EventBridgeConfiguration')) cloud.s3.tellEventBridge(bucket);
    return { ref: physicalName(request, 64), attributes: {} };
  },
};

/** `NotificationConfiguration` of a bucket of the template. @returns whether EventBridge is told */
export function readNotifications(properties: JsonObject): boolean {
  const configuration = objectAt(properties, 'NotificationConfiguration') ?? {};
  onlyKnown(configuration, ['EventBridgeConfiguration']);
  const eventBridge = objectAt(configuration, 'EventBridgeConfiguration');
  if (eventBridge === undefined) return false;
  onlyKnown(eventBridge, ['EventBridgeEnabled']);
  return booleanAt(eventBridge, 'EventBridgeEnabled') ?? true;
}
