import type { Command } from 'commander';
import { expect, test } from 'vitest';
import { program } from '../../bin/program.ts';

/** The command, its subcommands and theirs, each with what is typed to call it. */
function everyCommand(command: Command, words: readonly string[] = []): [words: string, command: Command][] {
  const typed = [...words, command.name()];
  return [[typed.join(' '), command], ...command.commands.flatMap(each => everyCommand(each, typed))];
}

const commands = everyCommand(program);

test('subcommands are among those that are looked at', () => {
  expect(commands.map(([words]) => words)).toContain('background-jobs schedules run');
});

test.each(commands)('the help of %s has an example of it', (words, command) => {
  let help = '';
  command.configureOutput({
    writeOut(text) {
      help += text;
    },
  });
  command.outputHelp();
  expect(help).toMatch(new RegExp(`\\nExamples?:\\n  \\$ ${words}`));
});
