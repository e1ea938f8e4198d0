import type { AlarmState } from './alarm-definition.ts';

export type Comparison =
  | 'GreaterThanOrEqualToThreshold'
  | 'GreaterThanThreshold'
  | 'LessThanOrEqualToThreshold'
  | 'LessThanThreshold';

export type MissingData = 'breaching' | 'ignore' | 'missing' | 'notBreaching';

export interface Evaluation {
  readonly evaluationPeriods: number;
  readonly datapointsToAlarm: number;
  readonly threshold: number;
  readonly comparison: Comparison;
  readonly missingData: MissingData;
}

/**
 * How many periods CloudWatch looks back beyond the evaluation periods, for data points to take the place of missing
 * ones. AWS's examples show five for an alarm of three, and it says no more than that there are some. For an alarm of
 * one, looking back would keep an alarm up after its only period has passed.
 */
const SPARE_PERIODS = 2;

export function evaluationRange({ evaluationPeriods }: Evaluation): number {
  return evaluationPeriods === 1 ? 1 : evaluationPeriods + SPARE_PERIODS;
}

/**
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
 *
 * @param values of the periods of `evaluationRange`, the latest first; undefined where there is no data point.
 */
export function evaluateAlarm(
  evaluation: Evaluation,
  values: readonly (number | undefined)[],
  current: AlarmState,
): AlarmState {
  const { evaluationPeriods, datapointsToAlarm, missingData } = evaluation;
  const known = values
    .filter(value => value !== undefined)
    .slice(0, evaluationPeriods)
    .map(value => isBreaching(evaluation, value));
  const breaching = known.filter(Boolean).length;
  const missing = evaluationPeriods - known.length;
  if (breaching + (missingData === 'breaching' ? missing : 0) >= datapointsToAlarm) return 'ALARM';
  if (missing === 0 || missingData === 'breaching' || missingData === 'notBreaching') return 'OK';

  // Some are missing and stay so. One data point within the threshold is enough for OK; where all that there are
  // breach it, `missing` is for alarm and `ignore` for no change.
  if (breaching < known.length) return 'OK';
  if (missingData === 'ignore') return current;
  return known.length > 0 ? 'ALARM' : 'INSUFFICIENT_DATA';
}

function isBreaching({ comparison, threshold }: Evaluation, value: number): boolean {
  switch (comparison) {
    case 'GreaterThanOrEqualToThreshold':
      return value >= threshold;
    case 'GreaterThanThreshold':
      return value > threshold;
    case 'LessThanOrEqualToThreshold':
      return value <= threshold;
    case 'LessThanThreshold':
      return value < threshold;
  }
}
