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
  const text = environment[WORKFLOWS_VARIABLE];
  if (text === undefined) {
    throw new Error(
      `The environment variable ${WORKFLOWS_VARIABLE} is not set: let the stack call workflow.grantStart(fn) for this ` +
        'function, or pass workflows to createWorkflowClient({ workflows })',
    );
  }
  let workflows: unknown;
  try {
    workflows = JSON.parse(text);
  } catch (cause) {
    throw new Error(`The environment variable ${WORKFLOWS_VARIABLE} is not JSON: ${text.slice(0, 200)}`, {
      cause,
    });
  }
  if (Array.isArray(workflows) && workflows.every(isWorkflowConfig)) return workflows;
  throw new Error(
    `The environment variable ${WORKFLOWS_VARIABLE} is not what a construct of this version writes (a list of ` +
      `workflows with name, machine and table): ${text.slice(0, 200)}`,
  );
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
