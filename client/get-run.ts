import type { Run } from '../contract/run.ts';
import { toRun } from '../contract/run-item.ts';
import type { ClientContext } from './client-context.ts';
import { isExpired } from './expired.ts';
import { findRun } from './find-run.ts';

export async function getRun(context: ClientContext, runId: string): Promise<Run | undefined> {
  const found = await findRun(context, runId);
  return found && !isExpired(found.item, context.clock.now()) ? toRun(found.item) : undefined;
}
