import type { Command } from 'commander';
import { createClient } from '../../client/create-client.ts';
import { readEnvironment } from '../../contract/environment.ts';
import { StartError } from '../../local/start-error.ts';
import { connectToDev, type DevClient } from './dev-client.ts';

/** Where an operator's command finds its queues. */
export interface OperatorOptions {
  readonly app: string;
  readonly env?: boolean;
  readonly json?: boolean;
}

export function addOperatorOptions(command: Command): Command {
  return command
    .option('--app <cdk.out>', 'the cloud assembly that dev runs', 'cdk.out')
    .option(
      '--env',
      "the queues of the variable BACKGROUND_JOBS, with the shell's AWS credentials; not a dev's",
    )
    .option('--json', 'JSON, for scripts');
}

/** Runs a command's action; what goes wrong in it is told in one line. */
export async function operate(
  { app, env }: OperatorOptions,
  action: (connection: DevClient) => Promise<void>,
): Promise<void> {
  try {
    await action(env ? connectToAws() : await connectToDev(app));
  } catch (error) {
    if (error instanceof StartError) throw error;
    throw new StartError(describe(error));
  }
}

function connectToAws(): DevClient {
  const queues = readEnvironment(process.env);
  return { client: createClient({ queues }), queues };
}

/** The message of a refused connection is empty, and its code says it all. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { message, name, code } = error as Error & { code?: unknown };
  return (message || `${name}: ${code}`).replaceAll(/\s*\n\s*/g, ' ');
}

/** Aborts at the first Ctrl-C, so that a bulk verb ends between two batches; the second one ends the process. */
export function abortOnInterrupt(): AbortSignal {
  const controller = new AbortController();
  process.once('SIGINT', () => controller.abort());
  return controller.signal;
}
