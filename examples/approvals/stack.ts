import { CfnParameter, Stack, type StackProps } from 'aws-cdk-lib';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { TaskWorkflow } from 'cdk-background-jobs';
import type { Construct } from 'constructs';
import { approveExpense } from './approve-expense.ts';

/** Expenses that somebody decides on within 7 days, or their manager does. */
export class ApprovalsStack extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);

    const smtpHost = new CfnParameter(this, 'SmtpHost', {
      default: '127.0.0.1',
      description: 'The mail server',
    });
    const smtpPort = new CfnParameter(this, 'SmtpPort', { default: '2525' });

    const approvals = new TaskWorkflow(this, 'Approvals', {
      workflow: approveExpense,
      entry: 'examples/approvals/approval-steps.ts',
      environment: { SMTP_HOST: smtpHost.valueAsString, SMTP_PORT: smtpPort.valueAsString },
    });
    approvals.alarms.notify(new Topic(this, 'Operations', { enforceSSL: true }));
  }
}
