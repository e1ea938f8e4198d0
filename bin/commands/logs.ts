import { watch } from 'node:fs';
import { open } from 'node:fs/promises';
import { Command } from 'commander';
import { isJsonObject } from '../../local/json-value.ts';
import { StartError } from '../../local/start-error.ts';
import { readDevState } from './dev-state.ts';
import { eventLogFile } from './event-log.ts';
import { formatLogLine, isMetrics } from './format-log-line.ts';

interface LogsOptions {
  readonly app: string;
  readonly follow: boolean;
  readonly json?: boolean;
}

export function logsCommand(): Command {
  return new Command('logs')
    .description('Shows what the functions of a running dev have written, and goes on with what they write.')
    .argument('[function]', 'its name, or the end of its construct path')
    .option('--app <cdk.out>', 'the cloud assembly that dev runs', 'cdk.out')
    .option('--no-follow', 'shows what there is and ends')
    .option('--json', 'lines of JSON')
    .addHelpText('after', '\nExample:\n  $ background-jobs logs Email/Consumer --no-follow')
    .action(logs);
}

async function logs(name: string | undefined, { app, follow, json }: LogsOptions): Promise<void> {
  await readDevState(app);
  const file = eventLogFile(app);
  const reader = await openLines(file);
  let ended = false;
  const show = async () => {
    for (const line of await reader.read()) {
      const event: unknown = JSON.parse(line);
      if (!isJsonObject(event)) continue;
      ended ||= event.event === 'stopped';
      const { constructPath, functionName, text } = event;
      if (event.event !== 'log' || typeof constructPath !== 'string' || typeof text !== 'string') continue;
      if (!json && isMetrics(text)) continue;
      if (name !== undefined && functionName !== name && !isEndOf(name, constructPath)) continue;
      const shown = process.stdout.isTTY ? formatLogLine(text, process.stdout) : text;
      process.stdout.write(json ? `${line}\n` : `[${constructPath}] ${shown}\n`);
    }
  };
  await show();
  if (follow && !ended)
    await following(file, async () => {
      await show();
      return ended;
    });
  await reader.close();
}

function isEndOf(name: string, constructPath: string): boolean {
  return constructPath === name || constructPath.endsWith(`/${name}`);
}

/** Calls `more` when the file has grown, until it says that it is done. */
async function following(file: string, more: () => Promise<boolean>): Promise<void> {
  const watcher = watch(file);
  try {
    await new Promise<void>((resolve, reject) => {
      let reading = Promise.resolve();
      const read = () => {
        reading = reading.then(async () => ((await more()) ? resolve() : undefined)).catch(reject);
      };
      watcher.on('change', read);
      watcher.on('error', reject);
      read();
    });
  } finally {
    watcher.close();
  }
}

/** The whole lines of a growing file, each once. A file that is shorter than before has begun anew. */
async function openLines(file: string): Promise<{ read(): Promise<string[]>; close(): Promise<void> }> {
  const handle = await open(file).catch((error: unknown) => {
    throw new StartError(`there is no ${file}; start dev again`, { cause: error });
  });
  let position = 0;
  return {
    async read() {
      const { size } = await handle.stat();
      if (size < position) position = 0;
      const { buffer, bytesRead } = await handle.read(
        Buffer.alloc(size - position),
        0,
        size - position,
        position,
      );
      const whole = buffer.subarray(0, buffer.subarray(0, bytesRead).lastIndexOf('\n') + 1);
      position += whole.length;
      return whole.toString().split('\n').slice(0, -1);
    },
    close: () => handle.close(),
  };
}
