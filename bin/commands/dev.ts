import { Command, InvalidArgumentError } from 'commander';
import { startEngine } from '../../local/engine.ts';
import { assemblyOf } from '../../local/synthesize.ts';
import { describeEngine } from './describe-engine.ts';
import { publishDevState } from './dev-state.ts';
import { createLogPrinter } from './print-log.ts';

interface DevOptions {
  readonly app: string;
  readonly port: number;
  readonly stack?: string[];
  readonly parameter?: Record<string, string>;
}

export function devCommand(): Command {
  return new Command('dev')
    .description('Synthesizes the CDK app of this folder and runs its stacks on 127.0.0.1, until Ctrl-C.')
    .option('--app <cdk.out>', 'a cloud assembly, or the folder of a CDK project', '.')
    .option('--port <n>', 'port of the AWS endpoint; 0 is any free one', parsePort, 4566)
    .option('--stack <name...>', 'stacks to run, with those they depend on (default: all)')
    .option('--parameter <Name=value>', 'value of a template parameter, repeatable', collectParameter)
    .addHelpText('after', '\nExample:\n  $ background-jobs dev --stack Shop --port 4567')
    .action(dev);
}

async function dev({ app, port, stack, parameter }: DevOptions): Promise<void> {
  const stopSignal = nextStopSignal();
  const assembly = await assemblyOf(app);
  const log = createLogPrinter(process.stdout);
  const engine = await startEngine({
    assembly,
    port,
    onLog: log.print,
    ...(stack ? { stacks: stack } : {}),
    ...(parameter ? { parameters: parameter } : {}),
  });
  try {
    log.nameFunctions(engine.functions);
    const state = await publishDevState(assembly, engine);
    process.stdout.write(describeEngine(engine));
    await stopSignal;
    await state.remove();
  } finally {
    await engine.stop();
  }
}

/** Resolves at the first Ctrl-C or SIGTERM. A second one ends the process as it would without us. */
function nextStopSignal(): Promise<void> {
  return new Promise(resolve => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
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
