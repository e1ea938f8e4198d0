import { StartError } from '../local/start-error.ts';
import { program } from './program.ts';

/** Runs a command line. What goes wrong is told on stderr, and by the process's exit code. */
export async function main(args: readonly string[]): Promise<void> {
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    // A StartError says all there is to say; anything else is a bug of ours and needs its stack.
    const text = error instanceof Error && !(error instanceof StartError) ? error.stack : String(error);
    process.stderr.write(`${error instanceof StartError ? `background-jobs: ${error.message}` : text}\n`);
    process.exitCode = 1;
  }
}
