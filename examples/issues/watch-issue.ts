import { defineTask } from 'cdk-background-jobs/tasks';
import { issue } from './remind-quiet-issue.ts';

/** Begins to watch an issue that was opened: once an issue, whatever GitHub delivers. */
export const watchIssue = defineTask({
  name: 'watch-issue',
  payload: issue,
  idempotency: { key: ({ repository, number }) => `${repository}#${number}` },
});
