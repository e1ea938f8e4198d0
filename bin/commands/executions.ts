import type { SFNClient } from '@aws-sdk/client-sfn';
import { Command } from 'commander';
import type { WorkflowConfig } from '../../contract/workflow/workflow-environment.ts';
import { StartError } from '../../local/start-error.ts';
import type { Deployment } from './deployment.ts';
import { addOperatorOptions, type OperatorOptions, operateOn } from './operator-client.ts';
import { parseLimit } from './parse-limit.ts';
import { showExecution } from './show-execution.ts';
import { runStatusOf } from './workflow-status.ts';
import { WORKFLOW_OPTIONS } from './workflows.ts';

interface ExecutionsOptions extends OperatorOptions {
  readonly workflow?: string;
  readonly limit: number;
}

export function executionsCommand(): Command {
  return addOperatorOptions(new Command('executions'), WORKFLOW_OPTIONS)
    .description(
      'Shows the latest runs of workflows, or one step by step: times, inputs, outputs and errors.',
    )
    .argument('[id]', "the run's id, or an execution's ARN")
    .option('--workflow <name>', 'of this workflow only')
    .option('--limit <n>', 'at most so many, 1 to 100', parseLimit, 20)
    .addHelpText(
      'after',
      '\nExamples:\n  $ background-jobs executions --workflow remind' +
        '\n  $ background-jobs executions 0197a3c2-11ff-7000-8000-00aa00bb00cc',
    )
    .action(executions);
}

async function executions(id: string | undefined, options: ExecutionsOptions): Promise<void> {
  await operateOn(options, deployment =>
    id === undefined ? showLatest(deployment, options) : showExecution(deployment, id, options.json),
  );
}

interface ListedExecution {
  readonly workflow: string;
  readonly runId: string;
  readonly executionArn: string;
  readonly status: string;
  readonly startedAt: Date;
  readonly stoppedAt?: Date;
}

async function showLatest(
  deployment: Deployment,
  { workflow, limit, json }: ExecutionsOptions,
): Promise<void> {
  const known = await deployment.workflows();
  const chosen = known.filter(({ name }) => workflow === undefined || name === workflow);
  if (chosen.length === 0) {
    throw new StartError(
      `there is no workflow ${workflow}; there are ${known.map(({ name }) => name).join(', ')}`,
    );
  }
  const { SFNClient } = await import('@aws-sdk/client-sfn');
  const sfn = new SFNClient(deployment.config);
  const pages = await Promise.all(chosen.map(each => listExecutions(sfn, each, limit)));
  const latest = pages
    .flat()
    .toSorted((a, b) => b.startedAt.getTime() - a.startedAt.getTime())
    .slice(0, limit);
  if (latest.length === 0 && !json) process.stdout.write('no runs of workflows\n');
  for (const one of latest) process.stdout.write(`${json ? JSON.stringify(one) : describe(one)}\n`);
}

/** Latest first, as Step Functions has them. */
async function listExecutions(
  sfn: SFNClient,
  { name: workflow, machine: stateMachineArn }: WorkflowConfig,
  maxResults: number,
): Promise<ListedExecution[]> {
  const { ListExecutionsCommand } = await import('@aws-sdk/client-sfn');
  const { executions: page = [] } = await sfn.send(
    new ListExecutionsCommand({ stateMachineArn, maxResults }),
  );
  return page.map(({ name = '', executionArn = '', status = '', startDate = new Date(0), stopDate }) => ({
    ...{ workflow, runId: name, executionArn, startedAt: startDate },
    status: runStatusOf(status) ?? status,
    ...(stopDate && { stoppedAt: stopDate }),
  }));
}

function describe({ workflow, runId, status, startedAt, stoppedAt }: ListedExecution): string {
  const took = stoppedAt ? `  ${(stoppedAt.getTime() - startedAt.getTime()) / 1000} s` : '';
  return `${startedAt.toISOString()}  ${status.padEnd(9)}  ${workflow}  ${runId}${took}`;
}
