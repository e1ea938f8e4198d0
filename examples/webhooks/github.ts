import { createWebhook, forward, githubSignature } from 'cdk-background-jobs/lambda';
import * as z from 'zod/mini';
import { announceIssue } from './tasks.ts';

/** What is used of it: https://docs.github.com/en/webhooks/webhook-events-and-payloads#issues */
const issuesEvent = z.object({
  action: z.string(),
  issue: z.object({ number: z.int(), title: z.string(), user: z.object({ login: z.string() }) }),
  repository: z.object({ full_name: z.string() }),
});

/** GitHub's webhook, with content type `application/json` and the event *Issues*. */
export const handler = createWebhook(githubSignature(), [
  forward(announceIssue, ({ headers, body }) => {
    // The ping of a new webhook, for one.
    if (headers['x-github-event'] !== 'issues') return 'ignore';
    const { action, issue, repository } = issuesEvent.parse(body);
    if (action !== 'opened') return 'ignore';
    return {
      repository: repository.full_name,
      number: issue.number,
      title: issue.title,
      author: issue.user.login,
    };
  }),
]);
