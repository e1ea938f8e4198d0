import type { ExecutionRecord } from './execution/execution.ts';

/** Of input and output, as they are escaped in the event. */
const MAX_DATA_BYTES = 248 * 1024;

/**
 * What Step Functions tells EventBridge of an execution that has started, ended, or been redriven.
 * https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html
 */
export function executionStatusEvent(record: ExecutionRecord) {
  const { arn, inputJson, outputJson = null } = record;
  const outputBytes = escapedBytes(outputJson);
  const outputIncluded = outputBytes <= MAX_DATA_BYTES;
  const inputIncluded = escapedBytes(inputJson) + outputBytes <= MAX_DATA_BYTES;
  return {
    source: 'aws.states',
    'detail-type': 'Step Functions Execution Status Change',
    resources: [arn],
    detail: {
      executionArn: arn,
      stateMachineArn: record.stateMachineArn,
      name: record.name,
      status: record.status,
      startDate: record.startedAt,
      stopDate: record.stoppedAt ?? null,
      input: inputIncluded ? inputJson : null,
      inputDetails: { included: inputIncluded },
      output: outputIncluded ? outputJson : null,
      outputDetails: outputJson === null ? null : { included: outputIncluded },
      error: record.error ?? null,
      cause: record.cause ?? null,
      redriveCount: record.redriveCount,
      redriveDate: record.redrivenAt ?? null,
    },
  };
}

function escapedBytes(json: string | null): number {
  return json === null ? 0 : Buffer.byteLength(JSON.stringify(json));
}
