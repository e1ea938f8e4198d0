import { App } from 'aws-cdk-lib';
import { ExportStack } from '../examples/app/export-stack.ts';
import { ExampleStack } from '../examples/app/stack.ts';
import { ApprovalsStack } from '../examples/approvals/stack.ts';
import { IssuesStack } from '../examples/issues/stack.ts';
import { UpkeepStack } from '../examples/upkeep/stack.ts';
import { WebhooksStack } from '../examples/webhooks/stack.ts';

const app = new App();
new ExampleStack(app, 'BackgroundJobsExample', {
  description: 'Background jobs: the example of cdk-background-jobs',
});
new UpkeepStack(app, 'BackgroundJobsUpkeep', {
  description: 'Schedules: the example of cdk-background-jobs',
  stage: app.node.tryGetContext('stage') === 'production' ? 'production' : 'staging',
});
new IssuesStack(app, 'BackgroundJobsIssues', {
  description: 'A workflow that waits and reminds: the example of cdk-background-jobs',
});
new ApprovalsStack(app, 'BackgroundJobsApprovals', {
  description: 'A workflow that waits for a signal: the example of cdk-background-jobs',
});
new ExportStack(app, 'BackgroundJobsExports', {
  description: 'Exports to S3: the example of cdk-background-jobs',
});
new WebhooksStack(app, 'BackgroundJobsWebhooks', {
  description: 'Webhooks in both directions: the example of cdk-background-jobs',
});
