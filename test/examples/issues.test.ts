import { createHmac } from 'node:crypto';
import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { startLocal } from 'cdk-background-jobs/testing';
import { expect, onTestFinished, test } from 'vitest';
import { remindQuietIssue } from '../../examples/issues/remind-quiet-issue.ts';
import { IssuesStack } from '../../examples/issues/stack.ts';
import { watchIssue } from '../../examples/issues/watch-issue.ts';
import { synthesizedForAllTests } from '../synthesized.ts';
import { startFakeGitHub } from './fake-github.ts';

const assembly = synthesizedForAllTests(app => new IssuesStack(app, 'Issues'));

async function startReminders() {
  const github = await startFakeGitHub();
  const local = await startLocal({
    app: assembly(),
    time: 'manual',
    startAt: new Date('2030-01-01T09:00:00Z'),
    parameters: { GitHubUrl: github.url, OnDuty: 'hubot,octocat' },
  });
  onTestFinished(() => local.stop());
  const secrets = new SecretsManagerClient(local.clientConfig);
  await secrets.send(
    new PutSecretValueCommand({
      SecretId: local.outputs.Issues?.GitHubTokenSecret,
      SecretString: 'ghp_example',
    }),
  );
  const { SecretString: webhookSecret = '' } = await secrets.send(
    new GetSecretValueCommand({ SecretId: local.outputs.Issues?.WebhookSecretArn }),
  );
  secrets.destroy();
  /** As GitHub delivers. https://docs.github.com/en/webhooks/webhook-events-and-payloads#issues */
  const deliver = async (id: string, payload: object) => {
    const body = JSON.stringify(payload);
    const response = await fetch(local.outputs.Issues?.WebhookUrl ?? '', {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-github-event': 'issues',
        'x-github-delivery': id,
        'x-hub-signature-256': `sha256=${createHmac('sha256', webhookSecret).update(body).digest('hex')}`,
      },
      body,
    });
    return response.status;
  };
  const start = (number: number) =>
    local.workflows.startWorkflow(remindQuietIssue, { repository: 'octo/hello', number });
  return { github, local, start, deliver };
}

test('GitHub tells of a new issue, twice; a day later it is reminded of once', async () => {
  // GIVEN
  const { github, local, deliver } = await startReminders();
  const opened = { action: 'opened', issue: { number: 7 }, repository: { full_name: 'octo/hello' } };
  expect(await deliver('d-1', opened)).toBe(202);
  expect(await deliver('d-2', opened)).toBe(202);
  expect(await deliver('d-3', { ...opened, action: 'labeled' })).toBe(204);
  expect(local.sent(watchIssue)).toHaveLength(1);

  // WHEN
  await local.advance('25h');

  // THEN
  expect(github.issue(7)).toMatchObject({
    comments: [{ body: expect.stringContaining('@mona opened this a day ago') }],
    assignees: ['octocat'],
  });
});

test('an issue that nobody touches in a day is reminded of, and becomes somebody’s', async () => {
  // GIVEN
  const { github, local, start } = await startReminders();
  const { runId } = await start(7);

  // WHEN
  await local.advance('1439m');
  expect(github.issue(7).comments).toEqual([]);
  await local.advance('1m');

  // THEN
  expect(github.issue(7)).toMatchObject({
    comments: [{ body: expect.stringContaining('@mona opened this a day ago') }],
    assignees: ['octocat'],
  });
  expect(await local.workflows.getWorkflowRun(remindQuietIssue, runId)).toMatchObject({
    status: 'succeeded',
    output: { reminded: true, assignee: 'octocat' },
  });
  expect([...github.tokens]).toEqual(['Bearer ghp_example']);
});

test('an issue that somebody has answered meanwhile is left alone', async () => {
  const { github, local, start } = await startReminders();
  const { runId } = await start(8);
  github.issue(8).comments.push({ body: 'Thank you!', html_url: '' });

  await local.advance('24h');

  expect(github.issue(8)).toMatchObject({ comments: [{ body: 'Thank you!' }], assignees: [] });
  expect(await local.workflows.getWorkflowRun(remindQuietIssue, runId)).toMatchObject({
    status: 'succeeded',
    output: { reminded: false },
  });
});

test('a comment whose answer was lost is not posted again', async () => {
  const { github, local, start } = await startReminders();
  await start(9);
  github.loseNextAnswer();

  await local.advance('25h');

  expect(github.issue(9).comments).toHaveLength(1);
  expect(github.issue(9).assignees).toEqual(['octocat']);
});
