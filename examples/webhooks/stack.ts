import { CfnOutput, CfnParameter, Stack, type StackProps } from 'aws-cdk-lib';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { RunTable, TaskQueue, TaskWebhook } from 'cdk-background-jobs';
import type { Construct } from 'constructs';
import { announceIssue, deliverWebhook } from './tasks.ts';

/** Webhooks in both directions: GitHub tells of an issue that was opened, and each endpoint is told of it. */
export class WebhooksStack extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const endpoints = new CfnParameter(this, 'Endpoints', {
      default: 'https://example.com/hooks',
      description: 'Who is told of issues: URLs, with commas between them',
    });
    const signingSecret = new Secret(this, 'SigningSecret', {
      description: 'The key of what is delivered, in base64. Give receivers it with whsec_ before it',
      // 32 characters of base64, as Standard Webhooks have it.
      generateSecretString: { passwordLength: 32, excludePunctuation: true },
    });
    const runTable = new RunTable(this, 'Runs');

    // Queues of their own: whatever the receivers do, GitHub's deliveries do not wait for it.
    const deliveries = new TaskQueue(this, 'Deliveries', {
      tasks: [deliverWebhook],
      entry: 'examples/webhooks/deliveries.ts',
      environment: { SIGNING_SECRET: signingSecret.secretArn },
      runTable,
    });
    signingSecret.grantRead(deliveries.consumer);
    const announcements = new TaskQueue(this, 'Announcements', {
      tasks: [announceIssue],
      entry: 'examples/webhooks/announcements.ts',
      environment: { ENDPOINTS: endpoints.valueAsString },
      runTable,
    });
    deliveries.grantSend(announcements.consumer);

    const githubSecret = new Secret(this, 'GitHubSecret', {
      description: 'Generated. Give GitHub the same',
    });
    const github = new TaskWebhook(this, 'GitHub', {
      entry: 'examples/webhooks/github.ts',
      queues: [announcements],
      secret: githubSecret,
    });

    const operations = new Topic(this, 'Operations', { enforceSSL: true });
    for (const { alarms } of [deliveries, announcements, github]) alarms.notify(operations);
    new CfnOutput(this, 'SigningSecretArn', { value: signingSecret.secretArn });
    new CfnOutput(this, 'GitHubSecretArn', { value: githubSecret.secretArn });
    new CfnOutput(this, 'GitHubWebhookUrl', {
      value: github.url ?? '',
      description: 'The payload URL at GitHub',
    });
  }
}
