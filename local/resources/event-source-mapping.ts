import { type SqsEventSource, startSqsEventSource } from '../event-sources/sqs-event-source.ts';
import { checkSettings, type SqsEventSourceSettings } from '../event-sources/sqs-event-source-settings.ts';
import {
  booleanAt,
  type JsonObject,
  numberAt,
  objectAt,
  onlyKnown,
  required,
  stringAt,
  stringsAt,
} from '../json-value.ts';
import { StartError } from '../start-error.ts';
import { requireOfRole } from './execution-role.ts';
import { functionOf } from './function-of.ts';
import { physicalName } from './physical-name.ts';
import type { ResourceType } from './resource-type.ts';

const DEFAULT_BATCH_SIZE = 10;

/** https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html#events-sqs-permissions */
const POLLER_ACTIONS = ['ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes'];

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-eventsourcemapping.html */
export const eventSourceMapping: ResourceType = {
  properties: [
    'BatchSize',
    'Enabled',
    'EventSourceArn',
    'FunctionName',
    'FunctionResponseTypes',
    'MaximumBatchingWindowInSeconds',
    'ScalingConfig',
  ],
  withoutEffect: ['KmsKeyArn', 'MetricsConfig', 'Tags'],

  async create(request) {
    const { properties, cloud } = request;
    const queueArn = required(stringAt(properties, 'EventSourceArn'), 'EventSourceArn');
    const queue = cloud.sqs.queueByArn(queueArn);
    if (queue === undefined) throw new StartError(`EventSourceArn ${queueArn} is no queue of these stacks`);
    const target = functionOf(required(stringAt(properties, 'FunctionName'), 'FunctionName'), cloud);
    const settings = settingsOf(properties);
    checkSettings(settings, queue, target);
    cloud.lambda.onReplace(target.name, next => checkSettings(settings, queue, next));

    const id = physicalName(request, 64);
    const { clock, location } = cloud;
    let eventSource: SqsEventSource | undefined;
    return {
      ref: id,
      attributes: { Id: id },
      summary: { kind: 'eventSource', functionName: target.name, queueArn },
      initialize: async () => requireOfRole(cloud, target.name, POLLER_ACTIONS, queueArn),
      async start() {
        const faultOf = () => cloud.faults.ofDelivery(queue.name);
        eventSource = startSqsEventSource({ queue, target, settings, clock, location, faultOf });
      },
      stop: async () => eventSource?.stop(),
    };
  },
};

function settingsOf(properties: JsonObject): SqsEventSourceSettings {
  const scaling = objectAt(properties, 'ScalingConfig') ?? {};
  onlyKnown(scaling, ['MaximumConcurrency']);
  const maximumConcurrency = numberAt(scaling, 'MaximumConcurrency');
  const responseTypes = stringsAt(properties, 'FunctionResponseTypes') ?? [];
  return {
    batchSize: numberAt(properties, 'BatchSize') ?? DEFAULT_BATCH_SIZE,
    maximumBatchingWindowSeconds: numberAt(properties, 'MaximumBatchingWindowInSeconds') ?? 0,
    reportBatchItemFailures: responseTypes.includes('ReportBatchItemFailures'),
    enabled: booleanAt(properties, 'Enabled') ?? true,
    ...(maximumConcurrency === undefined ? {} : { maximumConcurrency }),
  };
}
