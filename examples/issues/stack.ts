import { CfnOutput, CfnParameter, Stack, type StackProps } from 'aws-cdk-lib';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { TaskWorkflow } from 'cdk-background-jobs';
import type { Construct } from 'constructs';
import { remindQuietIssue } from './remind-quiet-issue.ts';

/** Reminds of issues that nobody has touched a day after they were opened. */
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

    const reminders = new TaskWorkflow(this, 'Reminders', {
      workflow: remindQuietIssue,
      entry: 'examples/issues/remind-steps.ts',
      environment: {
        GITHUB_URL: githubUrl.valueAsString,
        GITHUB_TOKEN_SECRET: token.secretArn,
        ON_DUTY: onDuty.valueAsString,
      },
    });
    token.grantRead(reminders.fn);
    reminders.alarms.notify(new Topic(this, 'Operations', { enforceSSL: true }));
    new CfnOutput(this, 'GitHubTokenSecret', { value: token.secretArn });
  }
}
