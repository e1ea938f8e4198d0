import type { Client } from '../../client/create-client.ts';
import { confirm, requireTerminal } from './confirm.ts';

/** Shows the run that a verb is about to change, and asks. @throws StartError as `confirm` */
export async function confirmOne(
  client: Client,
  { id, verb, more = '' }: { readonly id: string; readonly verb: string; readonly more?: string },
  yes: boolean | undefined,
): Promise<void> {
  if (yes) return;
  requireTerminal(yes);
  const run = await client.getRun(id);
  const failure =
    run?.error && run.status !== 'succeeded' ? ` with ${run.error.name}: ${run.error.message}` : '';
  // A letter of a run that has no item can be redriven and discarded, too.
  const what = run
    ? `of task ${run.task}, ${run.status}${failure}`
    : 'of which the run table knows nothing: it is looked for in the dead-letter queues';
  await confirm(`This ${verb} run ${id} (${what})${more}.`, yes);
}
