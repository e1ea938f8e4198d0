import { ArnFormat, Duration, Names, Stack } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { DEADLINE_MARGIN_MS, SQS } from '../../contract/limits.ts';
import { allNodes } from '../../contract/workflow/flow-node.ts';
import { stepsOf } from '../../contract/workflow/workflow.ts';
import { WORKFLOWS_VARIABLE, type WorkflowConfig } from '../../contract/workflow/workflow-environment.ts';
import { END_STATUSES } from '../../contract/workflow/workflow-event.ts';
import { clientsNotNeeded, makeEntryFunction } from '../entry-function.ts';
import { RunTable } from '../run-table.ts';
import { buildFlow } from './build-flow.ts';
import { checkOwnStates, findOwnStates } from './own-states.ts';
import { createStateBuilder, toChain } from './state-builder.ts';
import type { TaskWorkflowProps } from './task-workflow-props.ts';
import { WorkflowAlarms } from './workflow-alarms.ts';
import { WorkflowEnvironment } from './workflow-environment.ts';
import { checkTaskWorkflow } from './workflow-rules.ts';

/** What the function does by itself takes no longer. */
const OWN_WORK_SECONDS = 30;

/**
 * A workflow with everything that runs it: a Standard state machine of JSONata states, the function of its steps, its
 * runs in a run table, and alarms.
 *
 * However an execution ends, an EventBridge rule tells the function, which settles the run and calls `onEnded`: a
 * stopped or timed-out execution runs no state any more that could.
 *
 * @example
 * ```ts
 * const remind = new TaskWorkflow(this, 'Remind', { workflow: remindOnIssue, entry: 'src/remind.ts' });
 * remind.grantStart(apiFunction);
 * remind.alarms.notify(opsTopic);
 * ```
 */
export class TaskWorkflow extends Construct {
  readonly stateMachine: sfn.StateMachine;
  /** The function of the steps. Every setting of it that is no prop here can be reached through it. */
  readonly fn: NodejsFunction;
  readonly runTable: RunTable;
  readonly alarms: WorkflowAlarms;
  private readonly config: WorkflowConfig;

  /** @throws Error naming everything that cannot work, and the entry when it does not exist */
  constructor(scope: Construct, id: string, props: TaskWorkflowProps) {
    super(scope, id);
    checkTaskWorkflow(this, props);
    const { workflow } = props;
    this.runTable = props.runTable ?? new RunTable(this, 'Runs');
    // By name: the function's role may report to the state machine, which refers to the function.
    const stateMachineName = Names.uniqueResourceName(this, { maxLength: 80, separator: '-' });
    this.config = {
      name: workflow.name,
      machine: Stack.of(this).formatArn({
        service: 'states',
        resource: 'stateMachine',
        resourceName: stateMachineName,
        arnFormat: ArnFormat.COLON_RESOURCE_NAME,
      }),
      table: this.runTable.table.tableName,
    };
    const timeoutSeconds = functionTimeoutSeconds(props);
    const { tracing = true, ...entry } = props;
    this.fn = makeEntryFunction(this, 'Steps', {
      ...entry,
      rarelyNeeded: clientsNotNeeded([]),
      timeout: Duration.seconds(timeoutSeconds),
      ...(tracing && { tracing: lambda.Tracing.ACTIVE }),
    });
    this.stateMachine = this.makeStateMachine(props, stateMachineName, timeoutSeconds);
    this.letFunctionWork(props);
    this.alarms = new WorkflowAlarms(this, this.stateMachine, this.tellEnds());
  }

  /** Lets a function, or whatever else has a role, start this workflow. The environment is as with a queue's `grantSend`. */
  grantStart(grantee: iam.IGrantable): iam.Grant {
    this.addEnvironment(grantee);
    return this.runTable
      .grantItems(grantee, 'dynamodb:PutItem', 'dynamodb:DeleteItem')
      .combine(this.grantOnMachine(grantee, 'states:StartExecution'));
  }

  /** Lets a function, or whatever else has a role, read, list and await runs. */
  grantRead(grantee: iam.IGrantable): iam.Grant {
    this.addEnvironment(grantee);
    return this.runTable
      .grantItems(grantee, 'dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:UpdateItem')
      .combine(this.runTable.grantListIndex(grantee))
      .combine(this.grantOnExecutions(grantee, 'states:DescribeExecution'));
  }

  /** Lets a function, or whatever else has a role, bring runs the signals that they wait for. */
  grantSignal(grantee: iam.IGrantable): iam.Grant {
    this.addEnvironment(grantee);
    return this.runTable
      .grantItems(grantee, 'dynamodb:UpdateItem')
      .combine(this.grantOnMachine(grantee, 'states:SendTaskSuccess'));
  }

  /** Lets a function, or whatever else has a role, do all that the other grants allow, cancel runs and redrive them. */
  grantManage(grantee: iam.IGrantable): iam.Grant {
    return this.grantStart(grantee)
      .combine(this.grantRead(grantee))
      .combine(this.grantSignal(grantee))
      .combine(this.grantOnExecutions(grantee, 'states:StopExecution', 'states:RedriveExecution'));
  }

  /** The variables by which code outside Lambda finds this workflow, once its role was granted. */
  get environment(): Record<string, string> {
    return { [WORKFLOWS_VARIABLE]: Stack.of(this).toJsonString([this.config]) };
  }

  private makeStateMachine(
    props: TaskWorkflowProps,
    stateMachineName: string,
    timeoutSeconds: number,
  ): sfn.StateMachine {
    const { workflow, states = {} } = props;
    const scope = new Construct(this, 'States');
    const builder = createStateBuilder({
      scope,
      fn: this.fn,
      table: this.runTable.table,
      functionTimeoutSeconds: timeoutSeconds,
      states,
    });
    const own = findOwnStates(states);
    const flow = buildFlow(builder, workflow.nodes);
    if (flow === undefined)
      throw new Error(`${this.node.path}: workflow '${workflow.name}' has nothing to do`);
    const machine = new sfn.StateMachine(this, 'Machine', {
      stateMachineName,
      definitionBody: sfn.DefinitionBody.fromChainable(toChain(flow)),
      queryLanguage: sfn.QueryLanguage.JSONATA,
      timeout: Duration.seconds(workflow.timeoutSeconds),
      tracingEnabled: props.tracing ?? true,
      logs: {
        level: sfn.LogLevel.ALL,
        includeExecutionData: false,
        destination: new logs.LogGroup(this, 'MachineLogs', {
          retention: props.logRetention ?? logs.RetentionDays.ONE_MONTH,
        }),
      },
    });
    checkOwnStates(this, own);
    this.grantTo(machine, [this.fn.functionArn], 'lambda:InvokeFunction');
    if (allNodes(workflow.nodes).some(node => node.kind === 'wait')) {
      this.runTable.grantItems(machine, 'dynamodb:UpdateItem');
    }
    return machine;
  }

  private letFunctionWork({ queues = [] }: TaskWorkflowProps): void {
    WorkflowEnvironment.of(this.fn).add(this.node.path, this.config);
    this.runTable.grantItems(this.fn, 'dynamodb:UpdateItem');
    this.grantOnMachine(this.fn, 'states:SendTaskSuccess');
    for (const queue of queues) {
      queue.grantSend(this.fn);
      queue.grantRead(this.fn);
    }
  }

  /** @returns the queue of ends that could not be handled */
  private tellEnds(): sqs.Queue {
    const unhandled = new sqs.Queue(this, 'UnhandledEnds', {
      enforceSSL: true,
      retentionPeriod: Duration.seconds(SQS.maxRetentionSeconds),
    });
    new events.Rule(this, 'Ends', {
      description: `Runs of ${this.node.path} that have ended`,
      eventPattern: {
        source: ['aws.states'],
        detailType: ['Step Functions Execution Status Change'],
        detail: {
          stateMachineArn: [this.config.machine],
          status: [...END_STATUSES],
        },
      },
      targets: [new targets.LambdaFunction(this.fn, { deadLetterQueue: unhandled })],
    });
    // Once Lambda has taken an event, it is the function's own failures that count.
    this.fn.configureAsyncInvoke({
      retryAttempts: 2,
      onFailure: { bind: () => this.letFunctionTell(unhandled) },
    });
    return unhandled;
  }

  /** CDK's own destination allows more of the queue. https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html */
  private letFunctionTell(queue: sqs.IQueue): lambda.DestinationConfig {
    queue.grant(this.fn, 'sqs:SendMessage');
    return { destination: queue.queueArn };
  }

  private grantOnMachine(grantee: iam.IGrantable, ...actions: string[]): iam.Grant {
    return this.grantTo(grantee, [this.config.machine], ...actions);
  }

  private grantOnExecutions(grantee: iam.IGrantable, ...actions: string[]): iam.Grant {
    return this.grantTo(
      grantee,
      [`${this.config.machine.replace(':stateMachine:', ':execution:')}:*`],
      ...actions,
    );
  }

  private grantTo(grantee: iam.IGrantable, resourceArns: string[], ...actions: string[]): iam.Grant {
    return iam.Grant.addToPrincipal({ grantee, actions, resourceArns });
  }

  private addEnvironment(grantee: iam.IGrantable): void {
    if (isFunction(grantee)) WorkflowEnvironment.of(grantee).add(this.node.path, this.config);
  }
}

/** The longest step's, and what the consumer's own margin is. */
function functionTimeoutSeconds({ workflow }: TaskWorkflowProps): number {
  const steps = stepsOf(workflow.nodes).map(({ policy }) => policy.timeoutSeconds);
  return Math.max(OWN_WORK_SECONDS, ...steps) + DEADLINE_MARGIN_MS / 1000;
}

/** An alias, a version and an imported function have no environment that could be written. */
function isFunction(grantee: iam.IGrantable): grantee is lambda.Function {
  return 'addEnvironment' in grantee && 'node' in grantee;
}
