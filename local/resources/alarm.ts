import { stringAt, stringsAt } from '../json-value.ts';
import { physicalName } from './physical-name.ts';
import type { ResourceType } from './resource-type.ts';

const MAX_NAME_LENGTH = 255;

/**
 * Alarms are listed, not evaluated.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudwatch-alarm.html
 */
export const alarm: ResourceType = {
  properties: ['AlarmActions', 'AlarmDescription', 'AlarmName'],
  withoutEffect: [
    'ActionsEnabled',
    'ComparisonOperator',
    'DatapointsToAlarm',
    'Dimensions',
    'EvaluateLowSampleCountPercentile',
    'EvaluationPeriods',
    'ExtendedStatistic',
    'InsufficientDataActions',
    'MetricName',
    'Metrics',
    'Namespace',
    'OKActions',
    'Period',
    'Statistic',
    'Tags',
    'Threshold',
    'ThresholdMetricId',
    'TreatMissingData',
    'Unit',
  ],

  async create(request) {
    const { properties, cloud } = request;
    const { region, accountId } = cloud.location;
    const name = stringAt(properties, 'AlarmName') ?? physicalName(request, MAX_NAME_LENGTH);
    return {
      ref: name,
      attributes: { Arn: `arn:aws:cloudwatch:${region}:${accountId}:alarm:${name}` },
      summary: {
        kind: 'alarm',
        name,
        description: stringAt(properties, 'AlarmDescription'),
        actions: stringsAt(properties, 'AlarmActions') ?? [],
      },
    };
  },
};
