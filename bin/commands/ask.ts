import { createInterface } from 'node:readline';

/** Asks on the terminal; "no" without one, and when it is closed or the signal comes before the answer. */
export function ask(question: string, signal: AbortSignal): Promise<boolean> {
  if (!process.stdin.isTTY || !process.stdout.isTTY || signal.aborted) return Promise.resolve(false);
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  // While it asks, readline keeps Ctrl-C to itself.
  terminal.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  return new Promise((resolve: (yes: boolean) => void) => {
    const finish = (answer: string) => {
      resolve(/^y(es)?$/i.test(answer.trim()));
      terminal.close();
    };
    terminal.once('close', () => resolve(false));
    signal.addEventListener('abort', () => finish(''), { once: true });
    terminal.question(`${question} [y/N] `, finish);
  });
}
