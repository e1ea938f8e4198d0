import { readVariable } from '../read-variable.ts';

/** The variable through which a function learns its workflows. `grantStart` and its like write it. */
export const WORKFLOWS_VARIABLE = 'BACKGROUND_JOBS_WORKFLOWS';

/** What a function knows of one workflow. */
export interface WorkflowConfig {
  readonly name: string;
  /** The state machine's ARN. */
  readonly machine: string;
  /** The run table's name. */
  readonly table: string;
}

/** @throws Error naming the variable and the fix, when it is missing or is not what a construct wrote */
export function readWorkflowEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
): readonly WorkflowConfig[] {
  return readVariable(environment, {
    name: WORKFLOWS_VARIABLE,
    fix: 'let the stack call workflow.grantStart(fn) for this function, or pass workflows to createWorkflowClient({ workflows })',
    expected: 'a list of workflows with name, machine and table',
    fits: isListOfWorkflows,
  });
}

function isListOfWorkflows(value: unknown): value is readonly WorkflowConfig[] {
  return Array.isArray(value) && value.every(isWorkflowConfig);
}

function isWorkflowConfig(value: unknown): value is WorkflowConfig {
  if (typeof value !== 'object' || value === null) return false;
  const { name, machine, table } = value as Record<string, unknown>;
  return [name, machine, table].every(field => typeof field === 'string');
}

/** The execution's ARN, of a run that was started under its id. */
export function executionArnOf(machineArn: string, runId: string): string {
  return `${machineArn.replace(':stateMachine:', ':execution:')}:${runId}`;
}
