import type { Handler } from 'cdk-background-jobs/lambda';
import { sendTasks } from 'cdk-background-jobs/tasks';
import { required } from '../../environment.ts';
import { type announceIssue, deliverWebhook } from '../tasks.ts';

/** An application would keep its customers' endpoints in a table. */
const endpoints = required('ENDPOINTS').split(',');

/** A second attempt sends nothing twice: each delivery has a key. */
export const announceIssueHandler: Handler<typeof announceIssue> = async (issue, run) => {
  const id = run.idempotencyKey('event');
  const outcomes = await sendTasks(
    deliverWebhook,
    endpoints.map(endpoint => ({
      payload: { endpoint, id, type: 'issue.opened', data: issue },
      idempotencyKey: `${id} ${endpoint}`,
      // One endpoint that is slow, or has a thousand deliveries waiting, does not keep those of others from their turn.
      groupKey: new URL(endpoint).host,
    })),
  );
  const failed = outcomes.find(outcome => outcome.status === 'failed');
  if (failed) throw failed.error;
  return { deliveries: outcomes.length };
};
