import { toRunError } from '../contract/dead-letter.ts';
import type { ObjectRef } from '../contract/object-ref.ts';
import type { Invocation } from './invocation.ts';

/**
 * Deletes what a run had in the payload bucket and will never need again: it has succeeded, or was canceled. Comes after
 * that was recorded; when the process dies in between, the message comes back, is acknowledged as a duplicate, and its
 * payload is deleted then. What is left all the same, the bucket's lifecycle removes.
 */
export async function forgetObjects(
  runId: string,
  refs: readonly (ObjectRef | undefined)[],
  { queue: { objects }, consumer: { log } }: Invocation,
): Promise<void> {
  const present = refs.filter(ref => ref !== undefined);
  if (objects === undefined || present.length === 0) return;
  const deletions = await Promise.allSettled(present.map(ref => objects.delete(runId, ref)));
  for (const deletion of deletions) {
    if (deletion.status === 'fulfilled') continue;
    const error = toRunError(deletion.reason);
    log({ level: 'WARN', message: 'an object is left to the lifecycle of the payload bucket', runId, error });
  }
}
