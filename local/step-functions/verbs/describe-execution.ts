import type { DescribeExecutionOutput } from '@aws-sdk/client-sfn';
import { notRedrivableReason } from '../redrivable.ts';
import type { Sent } from '../sent.ts';
import { executionOf } from '../store.ts';
import type { Verb } from '../verb.ts';

const WHOLE = { included: true };

/** https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeExecution.html */
export const describeExecution: Verb = (store, input) => {
  const execution = executionOf(store, input.text('executionArn'));
  const { record } = execution;
  const { stoppedAt, outputJson, error, cause, redrivenAt } = record;
  const whole = input.oneOf('includedData', ['ALL_DATA', 'METADATA_ONLY']) !== 'METADATA_ONLY';
  const reason = notRedrivableReason(execution, store.now());
  return {
    executionArn: record.arn,
    stateMachineArn: record.stateMachineArn,
    name: record.name,
    status: record.status,
    startDate: record.startedAt / 1000,
    ...(stoppedAt !== undefined && { stopDate: stoppedAt / 1000 }),
    ...(whole && { input: record.inputJson, inputDetails: WHOLE }),
    ...(whole && outputJson !== undefined && { output: outputJson, outputDetails: WHOLE }),
    ...(error !== undefined && { error }),
    ...(cause !== undefined && { cause }),
    ...(record.traceHeader !== undefined && { traceHeader: record.traceHeader }),
    redriveCount: record.redriveCount,
    ...(redrivenAt !== undefined && { redriveDate: redrivenAt / 1000 }),
    redriveStatus: reason === undefined ? 'REDRIVABLE' : 'NOT_REDRIVABLE',
    ...(reason !== undefined && { redriveStatusReason: reason }),
  } satisfies Sent<DescribeExecutionOutput>;
};
