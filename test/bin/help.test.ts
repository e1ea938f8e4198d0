import { expect, test } from 'vitest';
import { program } from '../../bin/program.ts';

test.each(
  program.commands.map(command => [command.name(), command] as const),
)('the help of %s has an example', (name, command) => {
  let help = '';
  command.configureOutput({
    writeOut(text) {
      help += text;
    },
  });
  command.outputHelp();
  expect(help).toMatch(new RegExp(`Examples?:\\n  \\$ background-jobs ${name}`));
});
