import type { DescribeExecutionOutput, HistoryEvent, SFNClient } from '@aws-sdk/client-sfn';
import { executionArnOf } from '../../contract/workflow/workflow-environment.ts';
import { StartError } from '../../local/start-error.ts';
import type { Deployment } from './deployment.ts';
import { type ExecutionStep, fromJson, toSteps } from './execution-steps.ts';
import { short } from './short.ts';
import { runStatusOf } from './workflow-status.ts';

interface Execution {
  readonly executionArn: string;
  readonly status: string;
  readonly startedAt: Date | undefined;
  readonly stoppedAt?: Date;
  readonly input: unknown;
  readonly output?: unknown;
  readonly error?: string;
  readonly cause?: string;
  readonly steps: readonly ExecutionStep[];
}

/** Shows one run of a workflow step by step. @throws StartError when there is none of the id */
export async function showExecution(
  deployment: Deployment,
  id: string,
  json: boolean | undefined,
): Promise<void> {
  const { SFNClient } = await import('@aws-sdk/client-sfn');
  const sfn = new SFNClient(deployment.config);
  for (const executionArn of await possibleArns(id, deployment)) {
    const execution = await readExecution(sfn, executionArn);
    if (execution === undefined) continue;
    process.stdout.write(`${json ? JSON.stringify(execution) : describeExecution(execution)}\n`);
    return;
  }
  throw new StartError(
    `there is no execution ${id}: the id may be wrong, or it ended more than 90 days ago, after which Step Functions ` +
      'forgets it',
  );
}

/** An execution is named after its run, whichever workflow it is of. */
async function possibleArns(id: string, deployment: Deployment): Promise<readonly string[]> {
  if (id.startsWith('arn:')) return [id];
  return (await deployment.workflows()).map(({ machine }) => executionArnOf(machine, id));
}

async function readExecution(sfn: SFNClient, executionArn: string): Promise<Execution | undefined> {
  const { DescribeExecutionCommand, ExecutionDoesNotExist, paginateGetExecutionHistory } = await import(
    '@aws-sdk/client-sfn'
  );
  let described: DescribeExecutionOutput;
  try {
    described = await sfn.send(new DescribeExecutionCommand({ executionArn }));
  } catch (error) {
    if (error instanceof ExecutionDoesNotExist) return undefined;
    throw error;
  }
  const events: HistoryEvent[] = [];
  const pages = paginateGetExecutionHistory({ client: sfn, pageSize: 1000 }, { executionArn });
  for await (const page of pages) events.push(...(page.events ?? []));
  const { status = '', startDate, stopDate, input, output, error, cause } = described;
  return {
    executionArn,
    status: runStatusOf(status) ?? status,
    startedAt: startDate,
    ...(stopDate && { stoppedAt: stopDate }),
    input: fromJson(input),
    ...(output !== undefined && { output: fromJson(output) }),
    ...(error !== undefined && { error }),
    ...(cause !== undefined && { cause }),
    steps: toSteps(events, status === 'RUNNING'),
  };
}

function describeExecution(execution: Execution): string {
  const { executionArn, status, startedAt, stoppedAt, steps, error, cause } = execution;
  return [
    `${executionArn}  ${status}`,
    ...(startedAt ? [`  ${times(startedAt, stoppedAt)}`] : []),
    ...values(execution),
    ...(error === undefined ? [] : [`  error   ${describeError({ error, cause })}`]),
    ...steps.flatMap(step => ['', ...describeStep(step)]),
  ].join('\n');
}

function describeStep(step: ExecutionStep): string[] {
  const { name, type, status, attempts, enteredAt, exitedAt, errors } = step;
  const tries = attempts > 1 ? `  ${attempts} attempts` : '';
  return [
    `${name} (${type})  ${status}${tries}`,
    `  ${times(enteredAt, exitedAt)}`,
    ...values(step),
    ...errors.map(error => `  error   ${error.at.toISOString()}  ${describeError(error)}`),
  ];
}

function times(from: Date, to: Date | undefined): string {
  return to === undefined
    ? `${from.toISOString()}`
    : `${from.toISOString()} to ${to.toISOString()} (${(to.getTime() - from.getTime()) / 1000} s)`;
}

function values({ input, output }: { readonly input: unknown; readonly output?: unknown }): string[] {
  return [
    ...(input === undefined ? [] : [`  input   ${short(JSON.stringify(input))}`]),
    ...(output === undefined ? [] : [`  output  ${short(JSON.stringify(output))}`]),
  ];
}

const describeError = ({ error, cause }: { readonly error: string; readonly cause?: string | undefined }) =>
  cause === undefined ? error : `${error}: ${short(cause)}`;
