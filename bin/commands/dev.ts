import { Command, InvalidArgumentError, Option } from 'commander';
import type { Engine, EngineOptions } from '../../local/engine.ts';
import { assemblyOf } from '../../local/synthesize.ts';
import { ask } from './ask.ts';
import { type DevEvent, type EventSink, eventLine } from './dev-event.ts';
import { startSession } from './dev-session.ts';
import { devStateFile, publishDevState } from './dev-state.ts';
import { eventLogFile, openEventLog } from './event-log.ts';
import { createEventPrinter } from './print-event.ts';
import { watchFolder } from './watch-folder.ts';

interface DevOptions {
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
    .action(dev);
}

async function dev(options: DevOptions): Promise<void> {
  const { app, json, data, watch = [] } = options;
  const stopSignal = nextStopSignal();
  const assembly = await assemblyOf(app);
  const eventLog = await openEventLog(assembly);
  const print = json ? printJson : createEventPrinter(process.stdout);
  const emit: EventSink = event => {
    print(event);
    eventLog.write(event, new Date());
  };
  const session = await startSession({
    assembly,
    synthesize: () => assemblyOf(app, { again: true }),
    engine: engineOptions(options, emit, () => session.engine),
    emit,
    onEngine: async engine => void (await publishDevState(assembly, engine)),
    confirm: async signal =>
      !json && ask('Stop, and start anew with what the queues and tables hold?', signal),
    now: () => performance.now(),
  });
  const ownFiles = [devStateFile(assembly), eventLogFile(assembly), ...(data ? [data] : [])];
  const watchers = [app, ...watch].map(folder =>
    watchFolder(folder, folder === assembly ? ownFiles : [assembly, ...ownFiles], {
      onChange: () => void session.reload(),
      onError: error => emit({ event: 'warning', message: `${error.message}: ${error.cause}` }),
    }),
  );
  try {
    const state = await publishDevState(assembly, session.engine);
    emit({ event: 'started', engine: session.engine });
    await stopSignal;
    for (const watcher of watchers) watcher.stop();
    await state.remove();
  } finally {
    await session.stop();
    emit({ event: 'stopped' });
    await eventLog.close();
  }
}

function engineOptions(
  { port, stack, parameter, data, permissions }: DevOptions,
  emit: EventSink,
  engine: () => Engine,
): Omit<EngineOptions, 'assembly'> {
  return {
    port,
    permissions,
    onLog: line => emit({ event: 'log', ...line }),
    onAlarm(change) {
      const alarm = engine().alarms.find(({ name }) => name === change.name);
      emit({ event: 'alarm', constructPath: alarm?.constructPath ?? change.name, ...change });
    },
    onNotification: notification => emit({ event: 'notification', ...notification }),
    onWarning: message => emit({ event: 'warning', message }),
    ...(stack ? { stacks: stack } : {}),
    ...(parameter ? { parameters: parameter } : {}),
    ...(data ? { data } : {}),
  };
}

function printJson(event: DevEvent): void {
  process.stdout.write(`${eventLine(event, new Date())}\n`);
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
