import type { Readable } from 'node:stream';

/** Calls `onLine` for each line of the stream, without its end. `flush` gives out what is not ended yet. */
export function splitLines(stream: Readable | null, onLine: (text: string) => void): { flush(): void } {
  let pending = '';
  stream?.setEncoding('utf8').on('data', (text: string) => {
    const lines = (pending + text).split(/\r?\n/);
    pending = lines.pop() ?? '';
    lines.forEach(onLine);
  });
  return {
    flush() {
      if (pending) onLine(pending);
      pending = '';
    },
  };
}
