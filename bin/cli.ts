#!/usr/bin/env node
import { Command } from 'commander';
import { StartError } from '../local/start-error.ts';
import { devCommand } from './commands/dev.ts';
import { runsCommand } from './commands/runs.ts';
import { sendCommand } from './commands/send.ts';

const program = new Command('background-jobs')
  .description('Background jobs on AWS, on your laptop: runs the stacks of a CDK app without an AWS account.')
  .addCommand(devCommand())
  .addCommand(sendCommand())
  .addCommand(runsCommand());

program.parseAsync().catch((error: unknown) => {
  // A StartError says all there is to say; anything else is a bug of ours and needs its stack.
  const text = error instanceof Error && !(error instanceof StartError) ? error.stack : String(error);
  process.stderr.write(`${error instanceof StartError ? `background-jobs: ${error.message}` : text}\n`);
  process.exitCode = 1;
});
