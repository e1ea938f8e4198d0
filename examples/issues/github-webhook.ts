import { createWebhook, forward, githubSignature } from 'cdk-background-jobs/lambda';
import * as z from 'zod/mini';
import { watchIssue } from './watch-issue.ts';

/** What is used of it: https://docs.github.com/en/webhooks/webhook-events-and-payloads#issues */
const issuesEvent = z.object({
  action: z.string(),
  issue: z.object({ number: z.int() }),
  repository: z.object({ full_name: z.string() }),
});

/** GitHub's webhook, with content type `application/json` and the event *Issues*. */
export const handler = createWebhook(githubSignature(), [
  forward(watchIssue, ({ headers, body }) => {
    if (headers['x-github-event'] !== 'issues') return 'ignore';
    const { action, issue, repository } = issuesEvent.parse(body);
    if (action !== 'opened') return 'ignore';
    return { repository: repository.full_name, number: issue.number };
  }),
]);
