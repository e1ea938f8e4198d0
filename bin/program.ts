import { Command } from 'commander';
import { cancelCommand } from './commands/cancel.ts';
import { countsCommand } from './commands/counts.ts';
import { deadLettersCommand } from './commands/dead-letters.ts';
import { devCommand } from './commands/dev.ts';
import { discardCommand } from './commands/discard.ts';
import { executionsCommand } from './commands/executions.ts';
import { logsCommand } from './commands/logs.ts';
import { queuesCommand } from './commands/queues.ts';
import { redriveCommand } from './commands/redrive.ts';
import { runsCommand } from './commands/runs.ts';
import { schedulesCommand } from './commands/schedules.ts';
import { sendCommand } from './commands/send.ts';
import { workflowsCommand } from './commands/workflows.ts';

export const program = new Command('background-jobs')
  .description('Background jobs on AWS, on your laptop: runs the stacks of a CDK app without an AWS account.')
  .addCommand(devCommand())
  .addCommand(sendCommand())
  .addCommand(runsCommand())
  .addCommand(queuesCommand())
  .addCommand(logsCommand())
  .addCommand(countsCommand())
  .addCommand(cancelCommand())
  .addCommand(deadLettersCommand())
  .addCommand(redriveCommand())
  .addCommand(discardCommand())
  .addCommand(schedulesCommand())
  .addCommand(workflowsCommand())
  .addCommand(executionsCommand())
  .addHelpText(
    'after',
    `
Examples:
  $ background-jobs dev
  $ background-jobs send send-welcome-email '{"userId":"u-1"}'
  $ background-jobs dead-letters --stack Shop --group`,
  );
