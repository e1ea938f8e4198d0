import type { ListExecutionsOutput } from '@aws-sdk/client-sfn';
import { pageOf } from '../page.ts';
import type { Sent } from '../sent.ts';
import { machineOf } from '../store.ts';
import type { Verb } from '../verb.ts';

/** Newest first. https://docs.aws.amazon.com/step-functions/latest/apireference/API_ListExecutions.html */
export const listExecutions: Verb = (store, input) => {
  const machine = machineOf(store, input.text('stateMachineArn'));
  const status = input.optionalText('statusFilter');
  const found = [...store.executions.values()]
    .map(({ record }) => record)
    .filter(record => record.stateMachineArn === machine.arn && (!status || record.status === status))
    .reverse();
  const { items, ...next } = pageOf(found, input);
  const executions = items.map(record => ({
    executionArn: record.arn,
    stateMachineArn: record.stateMachineArn,
    name: record.name,
    status: record.status,
    startDate: record.startedAt / 1000,
    ...(record.stoppedAt !== undefined && { stopDate: record.stoppedAt / 1000 }),
    redriveCount: record.redriveCount,
    ...(record.redrivenAt !== undefined && { redriveDate: record.redrivenAt / 1000 }),
  }));
  return { executions, ...next } satisfies Sent<ListExecutionsOutput>;
};
