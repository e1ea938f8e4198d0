import { resolve } from 'node:path';
import { assemblyOf } from '../../local/synthesize.ts';
import { ask } from './ask.ts';
import type { DevOptions } from './dev.ts';
import { engineOptions } from './dev-engine-options.ts';
import { type DevEvent, type EventSink, eventLine } from './dev-event.ts';
import { startSession } from './dev-session.ts';
import { devStateFile, publishDevState } from './dev-state.ts';
import { createRebundle } from './entry-code.ts';
import { eventLogFile, openEventLog } from './event-log.ts';
import { createEventPrinter } from './print-event.ts';
import { watchFolder } from './watch-folder.ts';

/** Runs until Ctrl-C. @throws StartError for whatever cannot be started */
export async function runDev(options: DevOptions): Promise<void> {
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
    rebundle: createRebundle(resolve(app)),
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
      onChange: paths => void session.reload(paths),
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
