import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { createWorkflow, handleStep } from 'cdk-background-jobs/lambda';
import { required } from '../environment.ts';
import { createGitHub } from './github.ts';
import { assignSomebody, fetchIssue, postReminder, remindQuietIssue } from './remind-quiet-issue.ts';

const secrets = new SecretsManagerClient();
const github = createGitHub(required('GITHUB_URL'), readToken);
const onDuty = required('ON_DUTY').split(',');

export const handler = createWorkflow(remindQuietIssue, [
  handleStep(fetchIssue, async ({ repository, number }, run) => {
    const issue = await github.readIssue(repository, number, run.signal);
    const untouched = issue.state === 'open' && issue.comments === 0 && issue.assignees.length === 0;
    return { untouched, author: issue.user.login };
  }),

  // GitHub knows no idempotency keys: the comment carries ours, and an attempt looks for it before it writes.
  handleStep(postReminder, async ({ repository, number, author }, run) => {
    const mark = `<!-- ${run.idempotencyKey()} -->`;
    const comments = await github.listComments(repository, number, run.signal);
    const posted =
      comments.find(({ body }) => body?.includes(mark)) ??
      (await github.addComment(repository, number, `${reminder(author)}\n\n${mark}`, run.signal));
    return { commentUrl: posted.html_url };
  }),

  // Assigning the same person again changes nothing.
  handleStep(assignSomebody, async ({ repository, number }, run) => {
    const assignee = onDuty[number % onDuty.length] ?? '';
    await github.assign(repository, number, assignee, run.signal);
    return { assignee };
  }),
]);

function reminder(author: string): string {
  return `@${author} opened this a day ago, and nobody has answered yet.`;
}

async function readToken(): Promise<string> {
  const { SecretString } = await secrets.send(
    new GetSecretValueCommand({ SecretId: required('GITHUB_TOKEN_SECRET') }),
  );
  if (!SecretString) throw new Error('The secret with the GitHub token has no text: put the token into it');
  return SecretString;
}
