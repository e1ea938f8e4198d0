import { WriteStream } from 'node:tty';

/** A stream that keeps what is written, and is a terminal or not. */
export function outputStream(isTTY: boolean) {
  let written = '';
  const write = (text: string) => {
    written += text;
    return true;
  };
  const target = Object.assign(Object.create(process.stdout), {
    isTTY,
    write,
    ...(isTTY && { getColorDepth: WriteStream.prototype.getColorDepth }),
  });
  return { target, written: () => written };
}
