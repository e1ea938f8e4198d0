import type { Client } from '../client/create-client.ts';
import {
  type LocalApp as EngineApp,
  type LocalOptions as EngineOptions,
  startLocal as startEngine,
} from '../local/start-local.ts';
import { createManualClock } from '../local/time/manual-clock.ts';
import { connect } from './connect.ts';
import { type ManualTime, manualTime } from './manual-time.ts';

export interface LocalOptions extends Omit<EngineOptions, 'clock'> {
  /**
   * `manual`: time stands still, in the services and in the handlers, until the test lets it pass.
   * @default real, the machine's own
   */
  readonly time?: 'real' | 'manual';
  /** What the clock shows at first, where time is `manual`. @default now */
  readonly startAt?: Date;
}

/** A CDK app that runs on 127.0.0.1. */
export interface LocalApp extends EngineApp {
  /** Sends tasks to all task queues of the app, and reads their runs. It may do everything. */
  readonly client: Client;
}

/** One whose time is the test's. */
export interface ManualTimeApp extends LocalApp, ManualTime {}

/**
 * Runs a CDK app's stacks inside this process, as `background-jobs dev` does: for tests. Each call is a cloud of its
 * own on a free port, so that several run side by side. Stop it when the test ends: functions are child processes.
 *
 * @throws StartError for whatever cannot be started: an app that fails, a resource that is not supported, a handler
 * that does not load. Nothing is left running then.
 *
 * @example
 * ```ts
 * import { startLocal } from 'cdk-background-jobs/testing';
 *
 * const app = await startLocal({ app: 'cdk.out', time: 'manual' });
 * await app.client.sendTask(sendReminder, { userId: 'u-1' });
 * await app.advance('3d');
 * await app.stop();
 * ```
 */
export function startLocal(options: LocalOptions & { readonly time: 'manual' }): Promise<ManualTimeApp>;
export function startLocal(options?: LocalOptions): Promise<LocalApp>;
export async function startLocal({
  time = 'real',
  startAt,
  ...options
}: LocalOptions = {}): Promise<LocalApp> {
  if (time === 'real') {
    if (startAt) throw new RangeError("startAt is for time: 'manual'; real time begins when it begins");
    return connect(await startEngine(options));
  }
  const clock = createManualClock((startAt ?? new Date()).getTime());
  const app = connect(await startEngine({ ...options, clock }), clock);
  return { ...app, ...manualTime(clock) };
}
