import { CfnOutput, CfnParameter, Stack, type StackProps } from 'aws-cdk-lib';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { RunTable, TaskQueue, TaskWebhook, TaskWorkflow } from 'cdk-background-jobs';
import type { Construct } from 'constructs';
import { remindQuietIssue } from './remind-quiet-issue.ts';
import { watchIssue } from './watch-issue.ts';

/** GitHub tells of each issue that is opened; a day later, those that nobody has touched are reminded of. */
export class IssuesStack extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);

    const githubUrl = new CfnParameter(this, 'GitHubUrl', { default: 'https://api.github.com' });
    const onDuty = new CfnParameter(this, 'OnDuty', {
      default: 'octocat',
      description: 'Logins of those whom issues are assigned to in turn, separated by commas',
    });
    const token = new Secret(this, 'GitHubToken', {
      description: 'A GitHub token that may write to issues: put it in after the deployment',
    });

    const runTable = new RunTable(this, 'Runs');
    const reminders = new TaskWorkflow(this, 'Reminders', {
      runTable,
      workflow: remindQuietIssue,
      entry: 'examples/issues/remind-steps.ts',
      environment: {
        GITHUB_URL: githubUrl.valueAsString,
        GITHUB_TOKEN_SECRET: token.secretArn,
        ON_DUTY: onDuty.valueAsString,
      },
    });
    token.grantRead(reminders.fn);

    const watches = new TaskQueue(this, 'Watches', {
      tasks: [watchIssue],
      entry: 'examples/issues/consumer.ts',
      runTable,
    });
    reminders.grantStart(watches.consumer);
    const webhookSecret = new Secret(this, 'WebhookSecret', {
      description: 'Generated. Give GitHub the same',
    });
    const webhook = new TaskWebhook(this, 'Opened', {
      entry: 'examples/issues/github-webhook.ts',
      queues: [watches],
      secret: webhookSecret,
    });

    const operations = new Topic(this, 'Operations', { enforceSSL: true });
    for (const { alarms } of [reminders, watches, webhook]) alarms.notify(operations);
    new CfnOutput(this, 'GitHubTokenSecret', { value: token.secretArn });
    new CfnOutput(this, 'WebhookSecretArn', { value: webhookSecret.secretArn });
    new CfnOutput(this, 'WebhookUrl', { value: webhook.url ?? '', description: 'The payload URL at GitHub' });
  }
}
