import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { createWorkflowClient, type WorkflowClient } from '../../client/workflow/create-workflow-client.ts';
import type { Clock } from '../../contract/clock.ts';
import { RUN_TABLE } from '../../contract/run-item.ts';
import type { WorkflowDefinition } from '../../contract/workflow/workflow.ts';
import type { ExecutionStatusEvent } from '../../contract/workflow/workflow-event.ts';
import type { LogLine } from '../../lambda/log.ts';
import {
  createWorkflow,
  type WorkflowEntry,
  type WorkflowFunctionOptions,
} from '../../lambda/workflow/create-workflow.ts';
import type { StepHandler } from '../../lambda/workflow/handle-step.ts';
import { TaskWorkflow, type TaskWorkflowProps } from '../../lib/index.ts';
import { clientConfig } from '../../local/client-config.ts';
import { createDynamoDbService, type DynamoDbService } from '../../local/dynamodb/dynamodb-service.ts';
import { parseDefinition } from '../../local/step-functions/definition/parse-definition.ts';
import { executionStatusEvent } from '../../local/step-functions/execution-status-event.ts';
import type { FakeClock } from '../local/fake-clock.ts';
import {
  type Fixture,
  FUNCTION,
  ROLE,
  startStepFunctions,
} from '../local/step-functions/start-step-functions.ts';

export interface Workflows extends Fixture {
  readonly client: WorkflowClient;
  readonly dynamodb: DynamoDBClient;
  readonly logs: LogLine[];
  /** Ends of executions that have not been told. */
  readonly untold: ExecutionStatusEvent[];
  /** The function as its state machine calls it. */
  readonly invoke: WorkflowEntry;
  readonly machineArn: string;
  /** Lets time pass to each next thing, until nothing is due before so much has passed. */
  advanceTo(ms: number): Promise<void>;
}

/**
 * A workflow as `TaskWorkflow` synthesizes it, its function in this process, on a clock that stands still.
 *
 * @param options `tellEnds` false: EventBridge tells nobody how executions ended.
 */
export async function startWorkflows(
  workflow: WorkflowDefinition,
  handlers: readonly StepHandler[],
  options: Pick<WorkflowFunctionOptions, 'onEnded'> & {
    tellEnds?: boolean;
    props?: WorkflowProps;
    /** @default `createWorkflow` with the handlers */
    createEntry?: (options: WorkflowFunctionOptions) => WorkflowEntry;
  } = {},
): Promise<Workflows> {
  const logs: LogLine[] = [];
  const untold: ExecutionStatusEvent[] = [];
  let invoke: WorkflowEntry | undefined;
  let store: DynamoDbService | undefined;
  const fixture = await startStepFunctions(
    { steps: event => invoke?.(event) },
    {
      random: () => 1,
      others(clock, endpoint) {
        store = createDynamoDbService({
          clock,
          location: { region: 'eu-west-1', accountId: '000000000000', endpoint },
        });
        return [store];
      },
      onStatus(record) {
        if (record.status === 'RUNNING') return;
        const event = executionStatusEvent(record) as ExecutionStatusEvent;
        if (options.tellEnds === false) untold.push(event);
        else void invoke?.(event);
      },
    },
  );
  await store?.createTable({
    TableName: 'Runs',
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [
      { AttributeName: 'runId', AttributeType: 'S' },
      { AttributeName: 'listKey', AttributeType: 'S' },
      { AttributeName: 'createdAt', AttributeType: 'N' },
    ],
    KeySchema: [{ AttributeName: RUN_TABLE.partitionKey, KeyType: 'HASH' }],
    GlobalSecondaryIndexes: [
      {
        IndexName: RUN_TABLE.listIndex.name,
        KeySchema: [
          { AttributeName: 'listKey', KeyType: 'HASH' },
          { AttributeName: 'createdAt', KeyType: 'RANGE' },
        ],
        Projection: { ProjectionType: 'KEYS_ONLY' },
      },
    ],
  });
  const dynamodb = new DynamoDBClient({
    ...clientConfig({ endpoint: fixture.endpoint, region: 'eu-west-1', accountId: '' }),
  });
  const definitionJson = synthesizedDefinition(workflow, options.props ?? {});
  // As the engine's start does, with the validator of the language.
  parseDefinition(definitionJson);
  const { arn: machineArn } = fixture.service.createStateMachine({
    name: 'workflow',
    roleArn: ROLE,
    definitionJson,
  });
  const workflows = [{ name: workflow.name, machine: machineArn, table: 'Runs' }];
  const common = { workflows, dynamodb, sfn: fixture.sfn, clock: sleepingOn(fixture.clock) };
  const { onEnded } = options;
  const createEntry = options.createEntry ?? (given => createWorkflow(workflow, handlers, given));
  invoke = createEntry({
    ...common,
    log: line => logs.push(line),
    ...(onEnded && { onEnded }),
  });
  return {
    ...fixture,
    client: createWorkflowClient(common),
    dynamodb,
    logs,
    untold,
    invoke,
    machineArn,
    async advanceTo(ms) {
      const until = fixture.clock.now() + ms;
      for (;;) {
        await fixture.untilQuiet();
        const next = fixture.clock.nextDueAt();
        if (next === undefined || next > until) break;
        fixture.clock.advanceToNext();
      }
      fixture.clock.advance(until - fixture.clock.now());
      await fixture.untilQuiet();
    },
  };
}

/** Queues are in the workflow's stack. */
type WorkflowProps = Partial<TaskWorkflowProps> | ((stack: Stack) => Partial<TaskWorkflowProps>);

/** As CDK writes it, with what CloudFormation fills in. */
export function synthesizedDefinition(workflow: WorkflowDefinition, props: WorkflowProps): string {
  const stack = new Stack(new App({ context: { 'aws:cdk:bundling-stacks': [] } }), 'Shop');
  const given = typeof props === 'function' ? props(stack) : props;
  new TaskWorkflow(stack, 'W', { workflow, entry: 'test/lib/fixtures/consumer.ts', ...given });
  const [machine] = Object.values(
    Template.fromStack(stack).findResources('AWS::StepFunctions::StateMachine'),
  );
  const text = machine?.Properties.DefinitionString;
  if (typeof text === 'string') return text;
  const parts: (string | Record<string, unknown>)[] = text['Fn::Join'][1];
  return parts.map(part => (typeof part === 'string' ? part : filledIn(part))).join('');
}

function filledIn({ Ref }: Record<string, unknown>): string {
  if (Ref === undefined) return `${FUNCTION}steps`;
  return Ref === 'AWS::Partition' ? 'aws' : 'Runs';
}

/** The function's time is the services'. */
function sleepingOn(clock: FakeClock): Clock {
  return {
    now: () => clock.now(),
    sleep: (delayMs, signal) =>
      new Promise((resolve, reject) => {
        const timer = clock.setTimer(resolve, delayMs);
        signal?.addEventListener('abort', () => {
          timer.cancel();
          reject(signal.reason);
        });
      }),
  };
}
