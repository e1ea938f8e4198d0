/**
 * The actions that these constructs allow on every resource, because AWS gives them no resource types.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsx-ray.html
 */
export const WILDCARD_EXCEPTIONS: readonly string[] = [
  // Emitted by CDK for a function with tracing.
  'xray:PutTelemetryRecords',
  'xray:PutTraceSegments',
];
