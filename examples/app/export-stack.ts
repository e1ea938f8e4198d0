import { Stack, type StackProps } from 'aws-cdk-lib';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { ExportWorkflow } from 'cdk-background-jobs';
import type { Construct } from 'constructs';
import { exportOrders } from './exports/export-orders.ts';

/** Orders as files: the state machine that exports them, and the bucket that the files are in. */
export class ExportStack extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const orders = new ExportWorkflow(this, 'Orders', {
      definition: exportOrders,
      entry: 'examples/app/exports/export-orders-function.ts',
    });
    orders.workflow.alarms.notify(new Topic(this, 'Operations', { enforceSSL: true }));
  }
}
