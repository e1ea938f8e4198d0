import type { Client } from '../client/create-client.ts';
import type { WorkflowClient } from '../client/workflow/create-workflow-client.ts';
import type { Clock } from '../contract/clock.ts';
import type { Run } from '../contract/run.ts';
import type { TaskDefinition } from '../contract/task.ts';
import type { CreatedSchedule } from '../local/scheduler/schedules.ts';
import type { SentMessage } from '../local/sqs/queue-api.ts';
import {
  type LocalApp as EngineApp,
  type LocalOptions as EngineOptions,
  startLocal as startEngine,
} from '../local/start-local.ts';
import { createManualClock, type ManualClock } from '../local/time/manual-clock.ts';
import { connect } from './connect.ts';
import { type ManualTime, manualTime, timeOfTheTest } from './manual-time.ts';
import { recordSentTasks, type SentRun, type SentTasks } from './sent-tasks.ts';
import { type WaitForRunOptions, waitForRun } from './wait-for-run.ts';

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
  /** Sends tasks to all task queues of the app, reads their runs, redrives. It may do everything. */
  readonly client: Client;
  /** Starts the app's workflows, reads their runs, signals. It may do everything. */
  readonly workflows: WorkflowClient;
  /** The task's runs that were sent since the start, by whomever, in their order. */
  sent<Task extends TaskDefinition>(task: Task): readonly SentRun<Task>[];
}

/** One whose time is the test's. */
export interface ManualTimeApp extends LocalApp, ManualTime {
  /**
   * Lets time pass, from one thing that is due to the next, until the run has ended. A run that was redriven is waited
   * for until it has ended again.
   *
   * @throws Error saying where the run stands, at once when nothing is due that could end it
   */
  waitForRun(runId: string, options?: WaitForRunOptions): Promise<Run>;
}

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
 * const { runId } = await app.client.sendTask(sendReminder, { userId: 'u-1' });
 * await app.advance('3d');
 * const run = await app.client.getRun(runId);
 * await app.stop();
 * ```
 */
export function startLocal(options: LocalOptions & { readonly time: 'manual' }): Promise<ManualTimeApp>;
export function startLocal(options?: LocalOptions): Promise<LocalApp>;
export async function startLocal(options: LocalOptions = {}): Promise<LocalApp> {
  const { time = 'real', startAt, ...engineOptions } = options;
  const start: Start = hooks =>
    startEngine({
      ...engineOptions,
      ...hooks,
      onMessage(message) {
        hooks.onMessage(message);
        engineOptions.onMessage?.(message);
      },
      onSchedule(schedule) {
        hooks.onSchedule(schedule);
        engineOptions.onSchedule?.(schedule);
      },
    });
  if (time === 'manual') return startManualTime(start, startAt ?? new Date());
  if (startAt) throw new RangeError("startAt is for time: 'manual'; leave it out, or say time: 'manual'");
  return startApp(start, recordSentTasks());
}

/** Starts an engine that tells what is sent, at once or for later, by that clock where it is not the machine's. */
type Start = (hooks: {
  readonly clock?: ManualClock;
  readonly onMessage: (message: SentMessage) => void;
  readonly onSchedule: (schedule: CreatedSchedule) => void;
}) => Promise<EngineApp>;

async function startManualTime(start: Start, startAt: Date): Promise<ManualTimeApp> {
  const clock = createManualClock(startAt.getTime());
  const sent = recordSentTasks();
  const app = await startApp(hooks => start({ ...hooks, clock }), sent, timeOfTheTest(clock));
  return {
    ...app,
    ...manualTime(clock),
    waitForRun: (runId, waiting = {}) =>
      waitForRun(clock, app.client, { runId, epoch: sent.epochOf(runId) }, waiting),
  };
}

async function startApp(start: Start, sent: SentTasks, time?: Clock): Promise<LocalApp> {
  const engine = await start({ onMessage: sent.record, onSchedule: sent.recordForLater });
  const { queues, client, workflows, close } = connect(engine, time);
  const urls = new Set(queues.map(({ url }) => url));
  const places = engine.queues.filter(({ url }) => urls.has(url)).flatMap(({ url, arn }) => [url, arn]);
  return {
    ...engine,
    client,
    workflows,
    sent: task => sent.runsOf(task, places),
    async stop() {
      close();
      await engine.stop();
    },
  };
}
