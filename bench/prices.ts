/** On-demand prices of us-east-1 in US dollars, beyond the free tier. */
export const PRICES = {
  /** https://aws.amazon.com/sqs/pricing/: standard queues, requests up to 64 KB */
  sqsRequest: 0.4e-6,
  /** https://aws.amazon.com/dynamodb/pricing/on-demand/: a write of up to 1 KB */
  dynamodbWriteUnit: 0.625e-6,
  /** https://aws.amazon.com/lambda/pricing/: arm64 */
  lambdaRequest: 0.2e-6,
  lambdaGbSecond: 0.0000133334,
  /** https://aws.amazon.com/cloudwatch/pricing/: ingestion */
  logGigabyte: 0.5,
  alarmMonth: 0.1,
  metricMonth: 0.3,
} as const;
