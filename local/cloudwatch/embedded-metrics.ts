import { isJsonObject, type JsonObject } from '../json-value.ts';
import type { Metric } from './metrics.ts';

export interface DataPoint {
  readonly metric: Metric;
  readonly value: number;
}

/**
 * The data points that a line of a function's log carries in the embedded metric format; none for any other line.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function embeddedMetrics(line: string): DataPoint[] {
  if (!line.includes('"_aws"')) return [];
  const root = parse(line);
  const metadata = root?._aws;
  if (root === undefined || !isJsonObject(metadata)) return [];
  return objects(metadata.CloudWatchMetrics).flatMap(directive => dataPointsOf(root, directive));
}

function dataPointsOf(root: JsonObject, directive: JsonObject): DataPoint[] {
  const { Namespace: namespace, Dimensions: dimensionSets } = directive;
  if (typeof namespace !== 'string') return [];
  const sets = Array.isArray(dimensionSets) ? dimensionSets : [[]];
  return objects(directive.Metrics).flatMap(({ Name: name }) => {
    if (typeof name !== 'string') return [];
    const values = [root[name]].flat().filter(value => typeof value === 'number');
    return sets.flatMap(set => {
      const dimensions = Object.fromEntries(
        [set].flat().map(key => [String(key), String(root[String(key)])]),
      );
      return values.map(value => ({ metric: { namespace, name, dimensions }, value }));
    });
  });
}

function objects(list: unknown): JsonObject[] {
  return Array.isArray(list) ? list.filter(isJsonObject) : [];
}

/** CloudWatch takes what is not JSON for a plain line. */
function parse(line: string): JsonObject | undefined {
  try {
    const root: unknown = JSON.parse(line);
    return isJsonObject(root) ? root : undefined;
  } catch {
    return undefined;
  }
}
