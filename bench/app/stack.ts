import { type App, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { AttributeType, BillingMode, Table } from 'aws-cdk-lib/aws-dynamodb';
import { Runtime } from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import { ExportWorkflow, RunTable, TaskQueue, TaskWorkflow } from 'cdk-background-jobs';
import type { TaskDefinition } from 'cdk-background-jobs/tasks';
import type { Construct } from 'constructs';
import { BUNDLING } from '../baselines/raw-example-stack.ts';
import { doNothing } from './do-nothing.ts';
import { exportRows } from './exports.ts';
import { tasks } from './tasks.ts';
import { elevenSteps, oneStep } from './workflows.ts';

/**
 * What is measured, and what it is measured against. The baselines' functions are made by the same construct, so that
 * bundling, memory, queue and event source are the same by construction; only their entries and their tables differ.
 */
export function addBenchStacks(app: App): void {
  new ComparisonStack(app, 'Comparison');
  new WholeStack(app, 'Whole');
  new CountedStack(app, 'Counted');
  new SmallStack(app, 'Small');
  new StepsStack(app, 'Steps');
  new ExportsStack(app, 'Exports');
}

class ComparisonStack extends Stack {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    addQueues(this, [doNothing], 'bench/app/consumer.ts');
    const plain = new RunTable(this, 'Plain', { table: makePlainTable(this) });
    for (const [name, entry] of Object.entries(BASELINES)) {
      const { consumer } = new TaskQueue(this, name, {
        tasks: [doNothing],
        entry,
        runTable: plain,
        environment: { TABLE: plain.table.tableName },
      });
      plain.table.grantReadWriteData(consumer);
    }
  }
}

/** Entries by their queues' names. */
const BASELINES = {
  Powertools: 'bench/baselines/powertools-consumer.ts',
  RawUpdates: 'bench/baselines/raw-updates-consumer.ts',
  SameUpdates: 'bench/baselines/same-updates-consumer.ts',
  BareClients: 'bench/baselines/bare-clients.ts',
};

/** The baselines' bundles without what `TaskQueue` leaves out of them. */
class WholeStack extends Stack {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    for (const [name, entry] of Object.entries(BASELINES)) {
      new NodejsFunction(this, name, { entry, runtime: Runtime.NODEJS_24_X, bundling: BUNDLING });
    }
  }
}

class CountedStack extends Stack {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    addQueues(this, tasks, 'bench/app/counted-consumer.ts');
  }
}

/** Each with a run table of its own. */
function addQueues(scope: Construct, tasks: readonly TaskDefinition[], entry: string): void {
  new TaskQueue(scope, 'Lean', { tasks, entry, trackQueued: false });
  new TaskQueue(scope, 'Tracked', { tasks, entry });
}

/** A user's first stack: one task queue. */
class SmallStack extends Stack {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    new TaskQueue(this, 'Jobs', { tasks: [doNothing], entry: 'bench/app/consumer.ts' });
  }
}

/** A workflow of one step, and one of eleven. */
class StepsStack extends Stack {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    new TaskWorkflow(this, 'One', { workflow: oneStep, entry: 'bench/app/one-step.ts' });
    new TaskWorkflow(this, 'Eleven', { workflow: elevenSteps, entry: 'bench/app/eleven-steps.ts' });
  }
}

class ExportsStack extends Stack {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    new ExportWorkflow(this, 'Rows', { definition: exportRows, entry: 'bench/app/export-rows.ts' });
  }
}

/** Without the indexes that the baselines have no use for. */
function makePlainTable(scope: Construct): Table {
  return new Table(scope, 'PlainTable', {
    partitionKey: { name: 'id', type: AttributeType.STRING },
    timeToLiveAttribute: 'expiration',
    billingMode: BillingMode.PAY_PER_REQUEST,
    removalPolicy: RemovalPolicy.DESTROY,
  });
}
