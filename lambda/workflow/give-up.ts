import type { GiveUpEvent } from '../../contract/workflow/workflow-event.ts';

/** Fails the execution, unless it was redriven since: then what it gave up is tried again. */
export function giveUp({ error, cause, redriven }: GiveUpEvent): null {
  if (redriven) return null;
  throw Object.assign(new Error(cause), { name: error });
}
