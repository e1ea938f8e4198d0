import { once } from 'node:events';
import { createInterface } from 'node:readline/promises';
import { StartError } from '../../local/start-error.ts';

/**
 * Asks on the terminal whether to go on.
 *
 * @param yes whether the caller has said so already
 * @throws StartError when the answer is no, or none, and when there is nobody to ask
 */
export async function confirm(what: string, yes: boolean | undefined): Promise<void> {
  if (yes) return;
  requireTerminal(yes);
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    // Ctrl-C and Ctrl-D reject the question; where the terminal is closed it is never answered.
    const answered = terminal.question(`${what} Go on? [y/N] `).catch(() => '');
    const closed = once(terminal, 'close').then(() => '');
    const answer = await Promise.race([answered, closed]);
    if (!/^y(es)?$/i.test(answer.trim())) throw new StartError('nothing was changed');
  } finally {
    terminal.close();
  }
}

/** To be called before the work whose outcome is asked about. */
export function requireTerminal(yes: boolean | undefined): void {
  if (yes || process.stdin.isTTY) return;
  throw new StartError(
    'there is no terminal to ask on, so nothing was changed; pass --yes to do it without asking',
  );
}
