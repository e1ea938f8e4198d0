import type { Cloud } from '../cloud.ts';
import { type JsonObject, numberAt, objectAt, onlyKnown, required, stringAt } from '../json-value.ts';
import type { AsyncSettings, Destination } from '../lambda/async-invocation.ts';
import { StartError } from '../start-error.ts';
import { destinationOf } from './destination.ts';
import { requireDestination } from './execution-role.ts';
import { functionOf } from './function-of.ts';
import { physicalName } from './physical-name.ts';
import type { ResourceType } from './resource-type.ts';

/**
 * There is one version of each function locally, so a configuration of any version or alias is the function's.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-eventinvokeconfig.html
 */
export const eventInvokeConfig: ResourceType = {
  properties: [
    'DestinationConfig',
    'FunctionName',
    'MaximumEventAgeInSeconds',
    'MaximumRetryAttempts',
    'Qualifier',
  ],
  withoutEffect: [],

  async create(request) {
    const { properties, cloud } = request;
    const { name } = functionOf(required(stringAt(properties, 'FunctionName'), 'FunctionName'), cloud);
    cloud.lambda.configureAsync(name, settingsOf(properties, cloud));
    return {
      ref: physicalName(request, 64),
      attributes: {},
      async initialize() {
        for (const arn of destinationArns(properties)) requireDestination(cloud, name, arn);
      },
    };
  },
};

function destinationArns(properties: JsonObject): string[] {
  const destinations = objectAt(properties, 'DestinationConfig') ?? {};
  return ['OnSuccess', 'OnFailure'].flatMap(
    key => stringAt(objectAt(destinations, key) ?? {}, 'Destination') ?? [],
  );
}

function settingsOf(properties: JsonObject, cloud: Cloud): Partial<AsyncSettings> {
  const maxRetries = between(properties, 'MaximumRetryAttempts', 0, 2);
  const maxAgeSeconds = between(properties, 'MaximumEventAgeInSeconds', 60, 21_600);
  const destinations = objectAt(properties, 'DestinationConfig') ?? {};
  onlyKnown(destinations, ['OnSuccess', 'OnFailure']);
  const onSuccess = destinationAt(destinations, 'OnSuccess', cloud);
  const onFailure = destinationAt(destinations, 'OnFailure', cloud);
  return {
    ...(maxRetries === undefined ? {} : { maxRetries }),
    ...(maxAgeSeconds === undefined ? {} : { maxAgeMs: maxAgeSeconds * 1000 }),
    ...(onSuccess && { onSuccess }),
    ...(onFailure && { onFailure }),
  };
}

function between(properties: JsonObject, key: string, least: number, most: number): number | undefined {
  const value = numberAt(properties, key);
  if (value === undefined || (value >= least && value <= most)) return value;
  throw new StartError(`${key} must be ${least} to ${most}, got ${value}`);
}

function destinationAt(destinations: JsonObject, key: string, cloud: Cloud): Destination | undefined {
  const arn = stringAt(objectAt(destinations, key) ?? {}, 'Destination');
  return arn === undefined ? undefined : destinationOf(arn, cloud);
}
