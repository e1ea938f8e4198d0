import { createWriteStream, truncateSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type DevEvent, eventLine } from './dev-event.ts';

/** Beside the state of a running `dev`, for `background-jobs logs`: each event is a line of JSON. */
export interface EventLog {
  write(event: DevEvent, now: Date): void;
  close(): Promise<void>;
}

/** Then it begins anew, so that a `dev` that runs for weeks does not fill the disk. */
const MAX_BYTES = 64 * 1024 * 1024;

export async function openEventLog(assemblyFolder: string): Promise<EventLog> {
  const file = eventLogFile(assemblyFolder);
  await rm(file, { force: true });
  const stream = createWriteStream(file, { flags: 'a' });
  let bytes = 0;
  return {
    write(event, now) {
      const line = `${eventLine(event, now)}\n`;
      bytes += Buffer.byteLength(line);
      if (bytes > MAX_BYTES) {
        truncateSync(file);
        bytes = Buffer.byteLength(line);
      }
      stream.write(line);
    },
    close: () => new Promise(resolve => stream.end(resolve)),
  };
}

export function eventLogFile(assemblyFolder: string): string {
  return join(assemblyFolder, 'background-jobs-dev.jsonl');
}
