import {
  booleanAt,
  type JsonObject,
  numberAt,
  objectAt,
  objectsAt,
  oneOfAt,
  required,
  stringAt,
  stringsAt,
} from '../json-value.ts';
import type { Comparison, MissingData } from './evaluate-alarm.ts';
import { type Expression, parseExpression } from './metric-math.ts';
import type { Metric, Statistic } from './metrics.ts';

export type AlarmState = 'ALARM' | 'INSUFFICIENT_DATA' | 'OK';

/** What a template says of an `AWS::CloudWatch::Alarm`. */
export interface AlarmDefinition {
  readonly name: string;
  readonly description: string | undefined;
  /** ARNs of what is told of each state; nothing where `ActionsEnabled` is false. */
  readonly actions: Readonly<Record<AlarmState, readonly string[]>>;
  readonly value: AlarmValue;
  readonly periodSeconds: number;
  readonly evaluationPeriods: number;
  readonly datapointsToAlarm: number;
  readonly threshold: number;
  readonly comparison: Comparison;
  readonly missingData: MissingData;
}

/** A metric, or arithmetic over several: the entry `returned` is what is compared. */
export interface AlarmValue {
  readonly entries: ReadonlyMap<string, AlarmMetric | Expression>;
  readonly returned: string;
}

export interface AlarmMetric {
  readonly metric: Metric;
  readonly statistic: Statistic;
}

/** An alarm that is listed and never evaluated, and why. */
export interface NotEvaluated {
  readonly notEvaluated: string;
}

const STATISTICS: readonly Statistic[] = ['Average', 'Maximum', 'Minimum', 'SampleCount', 'Sum'];
const COMPARISONS: readonly Comparison[] = [
  'GreaterThanOrEqualToThreshold',
  'GreaterThanThreshold',
  'LessThanOrEqualToThreshold',
  'LessThanThreshold',
];

/**
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudwatch-alarm.html
 *
 * @throws StartError for values that CloudWatch refuses.
 */
export function readAlarm(name: string, properties: JsonObject): AlarmDefinition | NotEvaluated {
  const read = readValue(properties);
  if ('notEvaluated' in read) return read;
  const comparison = oneOfAt(properties, 'ComparisonOperator', COMPARISONS);
  const threshold = numberAt(properties, 'Threshold');
  if (comparison === undefined || threshold === undefined) {
    return { notEvaluated: 'anomaly detection is not imitated' };
  }
  const evaluationPeriods = required(numberAt(properties, 'EvaluationPeriods'), 'EvaluationPeriods');
  const actions = (key: string) =>
    booleanAt(properties, 'ActionsEnabled') === false ? [] : (stringsAt(properties, key) ?? []);
  return {
    name,
    description: stringAt(properties, 'AlarmDescription'),
    actions: {
      ALARM: actions('AlarmActions'),
      INSUFFICIENT_DATA: actions('InsufficientDataActions'),
      OK: actions('OKActions'),
    },
    value: read.value,
    periodSeconds: read.periodSeconds,
    evaluationPeriods,
    datapointsToAlarm: numberAt(properties, 'DatapointsToAlarm') ?? evaluationPeriods,
    threshold,
    comparison,
    missingData:
      oneOfAt(properties, 'TreatMissingData', ['breaching', 'ignore', 'missing', 'notBreaching']) ??
      'missing',
  };
}

type ReadValue = { readonly value: AlarmValue; readonly periodSeconds: number } | NotEvaluated;

function readValue(properties: JsonObject): ReadValue {
  const queries = objectsAt(properties, 'Metrics');
  if (queries !== undefined) return readQueries(queries);
  const statistic = stringAt(properties, 'Statistic') ?? stringAt(properties, 'ExtendedStatistic');
  const read = readMetric(properties, statistic, numberAt(properties, 'Period'));
  if ('notEvaluated' in read) return read;
  return { value: { entries: new Map([['m', read]]), returned: 'm' }, periodSeconds: read.periodSeconds };
}

function readQueries(queries: readonly JsonObject[]): ReadValue {
  const entries = new Map<string, AlarmMetric | Expression>();
  let periodSeconds: number | undefined;
  let returned: string | undefined;
  for (const query of queries) {
    const id = required(stringAt(query, 'Id'), 'Metrics.Id');
    const entry = readQuery(query);
    if ('notEvaluated' in entry) return entry;
    if ('periodSeconds' in entry) {
      if (periodSeconds !== undefined && periodSeconds !== entry.periodSeconds) {
        return { notEvaluated: 'metrics of different periods in one expression are not imitated' };
      }
      periodSeconds = entry.periodSeconds;
    }
    entries.set(id, entry);
    if (booleanAt(query, 'ReturnData') !== false) returned = id;
  }
  if (returned === undefined || periodSeconds === undefined) {
    return { notEvaluated: 'its Metrics name no metric to compare' };
  }
  return { value: { entries, returned }, periodSeconds };
}

function readQuery(query: JsonObject): (AlarmMetric & { periodSeconds: number }) | Expression | NotEvaluated {
  const text = stringAt(query, 'Expression');
  if (text !== undefined) {
    return (
      parseExpression(text) ?? { notEvaluated: `of metric math only + - * / are imitated, got "${text}"` }
    );
  }
  const stat = required(objectAt(query, 'MetricStat'), 'Metrics.MetricStat');
  return readMetric(
    required(objectAt(stat, 'Metric'), 'Metrics.MetricStat.Metric'),
    stringAt(stat, 'Stat'),
    numberAt(stat, 'Period'),
  );
}

function readMetric(
  declared: JsonObject,
  stat: string | undefined,
  periodSeconds: number | undefined,
): (AlarmMetric & { periodSeconds: number }) | NotEvaluated {
  const statistic = STATISTICS.find(name => name === stat);
  if (statistic === undefined) return { notEvaluated: `the statistic ${stat ?? '(none)'} is not imitated` };
  if (periodSeconds === undefined || periodSeconds % 60 !== 0 || periodSeconds < 60) {
    return { notEvaluated: `periods of whole minutes are imitated, got ${periodSeconds ?? 'none'} s` };
  }
  const dimensions = objectsAt(declared, 'Dimensions') ?? [];
  return {
    metric: {
      namespace: required(stringAt(declared, 'Namespace'), 'Namespace'),
      name: required(stringAt(declared, 'MetricName'), 'MetricName'),
      dimensions: Object.fromEntries(
        dimensions.map(dimension => [
          required(stringAt(dimension, 'Name'), 'Dimensions.Name'),
          required(stringAt(dimension, 'Value'), 'Dimensions.Value'),
        ]),
      ),
    },
    statistic,
    periodSeconds,
  };
}
