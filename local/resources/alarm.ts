import { readAlarm } from '../cloudwatch/alarm-definition.ts';
import { alarmArn } from '../cloudwatch/alarms.ts';
import { stringAt, stringsAt } from '../json-value.ts';
import { physicalName } from './physical-name.ts';
import type { ResourceType } from './resource-type.ts';

const MAX_NAME_LENGTH = 255;

/**
 * Evaluated where the engine computes the metrics; where it does not, the summary says so.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudwatch-alarm.html
 */
export const alarm: ResourceType = {
  properties: [
    'ActionsEnabled',
    'AlarmActions',
    'AlarmDescription',
    'AlarmName',
    'ComparisonOperator',
    'DatapointsToAlarm',
    'Dimensions',
    'EvaluationPeriods',
    'ExtendedStatistic',
    'InsufficientDataActions',
    'MetricName',
    'Metrics',
    'Namespace',
    'OKActions',
    'Period',
    'Statistic',
    'Threshold',
    'TreatMissingData',
  ],
  // Percentiles and anomaly detection are not evaluated at all, and units are not converted.
  withoutEffect: ['EvaluateLowSampleCountPercentile', 'Tags', 'ThresholdMetricId', 'Unit'],

  async create(request) {
    const { properties, cloud } = request;
    const name = stringAt(properties, 'AlarmName') ?? physicalName(request, MAX_NAME_LENGTH);
    const definition = readAlarm(name, properties);
    const whyNotEvaluated = () =>
      'notEvaluated' in definition ? definition.notEvaluated : cloud.cloudwatch.whyNotEvaluated(definition);
    return {
      ref: name,
      attributes: { Arn: alarmArn(name, cloud.location) },
      // The queues and functions that it watches may be created after it.
      get summary() {
        return {
          kind: 'alarm' as const,
          name,
          description: stringAt(properties, 'AlarmDescription'),
          actions: stringsAt(properties, 'AlarmActions') ?? [],
          notEvaluated: whyNotEvaluated(),
        };
      },
      async start() {
        if (!('notEvaluated' in definition) && whyNotEvaluated() === undefined) {
          cloud.cloudwatch.start(definition);
        }
      },
    };
  },
};
