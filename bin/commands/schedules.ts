import { Command } from 'commander';
import { schedulesListCommand } from './schedules-list.ts';
import { schedulesRunCommand } from './schedules-run.ts';

export function schedulesCommand(): Command {
  return new Command('schedules')
    .description('Shows the schedules with their last and next times, or fires one.')
    .addCommand(schedulesListCommand(), { isDefault: true })
    .addCommand(schedulesRunCommand())
    .addHelpText(
      'after',
      '\nExamples:\n  $ background-jobs schedules\n  $ background-jobs schedules run Shop/Nightly',
    );
}
