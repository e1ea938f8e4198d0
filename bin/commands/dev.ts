import { Command, InvalidArgumentError, Option } from 'commander';

export interface DevOptions {
  readonly app: string;
  readonly port: number;
  readonly stack?: string[];
  readonly parameter?: Record<string, string>;
  readonly data?: string;
  readonly permissions: 'on' | 'off';
  readonly watch?: string[];
  readonly json?: boolean;
}

export function devCommand(): Command {
  return new Command('dev')
    .description('Synthesizes the CDK app of this folder and runs its stacks on 127.0.0.1, until Ctrl-C.')
    .option('--app <cdk.out>', 'a cloud assembly, or the folder of a CDK project', '.')
    .option('--port <n>', 'port of the AWS endpoint; 0 is any free one', parsePort, 4566)
    .option('--stack <name...>', 'stacks to run, with those they depend on (default: all)')
    .option('--parameter <Name=value>', 'value of a template parameter, repeatable', collectParameter)
    .option('--data <folder>', 'keeps what queues, tables and buckets hold from run to run')
    .addOption(
      new Option('--permissions <on|off>', "whether functions may only do what their roles' policies allow")
        .choices(['on', 'off'])
        .default('on'),
    )
    .option('--watch <folder...>', 'folders outside of the project whose changes count, too')
    .option('--json', 'tells what happens as lines of JSON')
    .addHelpText('after', '\nExample:\n  $ background-jobs dev --stack Shop --data .background-jobs')
    .action(async (options: DevOptions) => {
      // Loads the engine, for which no other command should wait.
      const { runDev } = await import('./run-dev.ts');
      await runDev(options);
    });
}

function parsePort(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535)
    throw new InvalidArgumentError('a port is a number from 0 to 65535.');
  return port;
}

function collectParameter(text: string, previous: Record<string, string> = {}): Record<string, string> {
  const equals = text.indexOf('=');
  if (equals < 1) throw new InvalidArgumentError('a parameter is given as Name=value.');
  return { ...previous, [text.slice(0, equals)]: text.slice(equals + 1) };
}
