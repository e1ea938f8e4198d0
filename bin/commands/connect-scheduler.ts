import type { SchedulerClient } from '@aws-sdk/client-scheduler';
import type { QueueConfig } from '../../contract/environment.ts';
import type { Deployment } from './deployment.ts';
import { NoneFound } from './none-found.ts';
import type { SearchedGroups } from './read-schedules.ts';

export interface SchedulerConnection {
  readonly scheduler: SchedulerClient;
  readonly searched: SearchedGroups;
  /** Task queues of the deployment: schedules that send elsewhere need none. */
  readonly queues: readonly QueueConfig[];
}

export async function connectScheduler(deployment: Deployment): Promise<SchedulerConnection> {
  const [queues, scope, { SchedulerClient }] = await Promise.all([
    deployment.queues().catch(orNone),
    deployment.schedules(),
    import('@aws-sdk/client-scheduler'),
  ]);
  const applicationGroups = queues.flatMap(({ schedules }) => schedules?.group ?? []);
  return {
    scheduler: new SchedulerClient(deployment.config),
    searched: { ...scope, applicationGroups },
    queues,
  };
}

function orNone(error: unknown): readonly QueueConfig[] {
  if (error instanceof NoneFound) return [];
  throw error;
}
