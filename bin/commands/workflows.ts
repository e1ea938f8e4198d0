import type { ExecutionStatus, SFNClient } from '@aws-sdk/client-sfn';
import { Command } from 'commander';
import type { WorkflowConfig } from '../../contract/workflow/workflow-environment.ts';
import { addOperatorOptions, type OperatorOptions, operateOn } from './operator-client.ts';
import { RUN_STATUSES, type RunStatus } from './workflow-status.ts';

export const WORKFLOW_OPTIONS = { what: 'workflows', variable: 'BACKGROUND_JOBS_WORKFLOWS' };

export function workflowsCommand(): Command {
  return addOperatorOptions(new Command('workflows'), WORKFLOW_OPTIONS)
    .description('Shows the workflows, and how many runs of each stand where.')
    .addHelpText('after', '\nExample:\n  $ background-jobs workflows --stack Shop')
    .action(workflows);
}

interface RunCounts {
  readonly runs: Readonly<Record<RunStatus, number>>;
  /** Of which there are more than were counted. */
  readonly more: readonly RunStatus[];
}

async function workflows(options: OperatorOptions): Promise<void> {
  await operateOn(options, async ({ config, workflows }) => {
    const known = await workflows();
    const { SFNClient } = await import('@aws-sdk/client-sfn');
    const sfn = new SFNClient(config);
    for (const workflow of known) {
      const counted = await countRuns(sfn, workflow);
      process.stdout.write(
        options.json
          ? `${JSON.stringify({ ...workflow, ...counted })}\n`
          : `${workflow.name}\n  ${describeCounts(counted)}\n`,
      );
    }
  });
}

/** The most of one page: more are not counted, since a workflow may have had millions. */
const MOST_COUNTED = 1000;

/** As Step Functions has them: what runs, and what ended in the last 90 days. */
async function countRuns(sfn: SFNClient, { machine }: WorkflowConfig): Promise<RunCounts> {
  const { ListExecutionsCommand } = await import('@aws-sdk/client-sfn');
  const counts = await Promise.all(
    Object.entries(RUN_STATUSES).map(async ([statusFilter, status]) => {
      const { executions = [], nextToken } = await sfn.send(
        new ListExecutionsCommand({
          stateMachineArn: machine,
          statusFilter: statusFilter as ExecutionStatus,
          maxResults: MOST_COUNTED,
        }),
      );
      return { status, count: executions.length, more: nextToken !== undefined };
    }),
  );
  return {
    runs: Object.fromEntries(counts.map(({ status, count }) => [status, count])) as RunCounts['runs'],
    more: counts.flatMap(({ status, more }) => (more ? [status] : [])),
  };
}

function describeCounts({ runs, more }: RunCounts): string {
  return Object.values(RUN_STATUSES)
    .map(status => `${status}: ${runs[status]}${more.includes(status) ? '+' : ''}`)
    .join('  ');
}
