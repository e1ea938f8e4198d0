import type { SFN } from '@aws-sdk/client-sfn';
import type { Verb } from './verb.ts';
import { describeExecution } from './verbs/describe-execution.ts';
import { describeStateMachine, describeStateMachineForExecution } from './verbs/describe-state-machine.ts';
import { getExecutionHistory } from './verbs/get-execution-history.ts';
import { listExecutions } from './verbs/list-executions.ts';
import { listStateMachines } from './verbs/list-state-machines.ts';
import { redriveExecution } from './verbs/redrive-execution.ts';
import { sendTaskFailure, sendTaskHeartbeat, sendTaskSuccess } from './verbs/report-task.ts';
import { startExecution } from './verbs/start-execution.ts';
import { stopExecution } from './verbs/stop-execution.ts';
import { validateStateMachineDefinition } from './verbs/validate-state-machine-definition.ts';

/** Every action of the API, and what serves it here. */
export const VERBS: Readonly<Record<Action, Verb | 'refused'>> = {
  CreateActivity: 'refused',
  CreateStateMachine: 'refused',
  CreateStateMachineAlias: 'refused',
  DeleteActivity: 'refused',
  DeleteStateMachine: 'refused',
  DeleteStateMachineAlias: 'refused',
  DeleteStateMachineVersion: 'refused',
  DescribeActivity: 'refused',
  DescribeExecution: describeExecution,
  DescribeMapRun: 'refused',
  DescribeStateMachine: describeStateMachine,
  DescribeStateMachineAlias: 'refused',
  DescribeStateMachineForExecution: describeStateMachineForExecution,
  GetActivityTask: 'refused',
  GetExecutionHistory: getExecutionHistory,
  ListActivities: 'refused',
  ListExecutions: listExecutions,
  ListMapRuns: 'refused',
  ListStateMachineAliases: 'refused',
  ListStateMachineVersions: 'refused',
  ListStateMachines: listStateMachines,
  ListTagsForResource: 'refused',
  PublishStateMachineVersion: 'refused',
  RedriveExecution: redriveExecution,
  SendTaskFailure: sendTaskFailure,
  SendTaskHeartbeat: sendTaskHeartbeat,
  SendTaskSuccess: sendTaskSuccess,
  StartExecution: startExecution,
  StartSyncExecution: 'refused',
  StopExecution: stopExecution,
  TagResource: 'refused',
  TestState: 'refused',
  UntagResource: 'refused',
  UpdateMapRun: 'refused',
  UpdateStateMachine: 'refused',
  UpdateStateMachineAlias: 'refused',
  ValidateStateMachineDefinition: validateStateMachineDefinition,
};

type Action = Capitalize<
  Exclude<
    keyof SFN,
    | 'config'
    | 'destroy'
    | 'initConfig'
    | 'middlewareStack'
    | 'send'
    | `paginate${string}`
    | `waitUntil${string}`
  >
>;
