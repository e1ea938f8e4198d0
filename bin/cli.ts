#!/usr/bin/env node
import { StartError } from '../local/start-error.ts';
import { program } from './program.ts';

program.parseAsync().catch((error: unknown) => {
  // A StartError says all there is to say; anything else is a bug of ours and needs its stack.
  const text = error instanceof Error && !(error instanceof StartError) ? error.stack : String(error);
  process.stderr.write(`${error instanceof StartError ? `background-jobs: ${error.message}` : text}\n`);
  process.exitCode = 1;
});
