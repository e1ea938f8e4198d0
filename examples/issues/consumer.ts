import { createConsumer, handle } from 'cdk-background-jobs/lambda';
import { startWorkflow } from 'cdk-background-jobs/tasks';
import { remindQuietIssue } from './remind-quiet-issue.ts';
import { watchIssue } from './watch-issue.ts';

export const handler = createConsumer([
  // An attempt may die after it has started the workflow: under the key, the next one finds that run.
  handle(watchIssue, async (issue, run) => {
    const { runId } = await startWorkflow(remindQuietIssue, issue, {
      idempotencyKey: run.idempotencyKey('watch'),
    });
    return { workflowRunId: runId };
  }),
]);
