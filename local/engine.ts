import type { Assembly } from './assembly.ts';
import type { ClientConfig } from './client-config.ts';
import { type Clock, createRealClock } from './clock.ts';
import type { AlarmChange } from './cloudwatch/alarms.ts';
import type { Difference } from './compare-stacks.ts';
import { createStacks, type LiveStack } from './create-stacks.ts';
import type { Faults } from './faults/fault.ts';
import type { FunctionLogLine } from './lambda/lambda-service.ts';
import { placeOf } from './place.ts';
import { planStacks, readStacks } from './plan-stacks.ts';
import type { ResourceLists } from './resource-lists.ts';
import type { LiveResource } from './resources/resource-type.ts';
import { runningEngine } from './running-engine.ts';
import type { CreatedSchedule } from './scheduler/schedules.ts';
import { openServices } from './services.ts';
import type { Notification } from './sns/topics.ts';
import type { SentMessage } from './sqs/queue-api.ts';
import { StartError, startErrorIn } from './start-error.ts';
import { openState } from './state/engine-state.ts';
import type { Snapshot } from './state/snapshot.ts';

export interface EngineOptions {
  /** A cloud assembly or its folder, which is `cdk.out` in most projects. */
  readonly assembly: string | Assembly;
  /**
   * The stacks to start, by name or construct path; those they depend on are started, too.
   * @default all stacks of the assembly
   */
  readonly stacks?: readonly string[];
  /** The port of 127.0.0.1 to listen on. @default 0: any free port */
  readonly port?: number;
  /** @default the machine's own time */
  readonly clock?: Clock;
  /** For stacks that are agnostic of it. @default us-east-1 */
  readonly region?: string;
  /** For stacks that are agnostic of it. @default 000000000000 */
  readonly accountId?: string;
  /** Values for template parameters, by name. @default their defaults */
  readonly parameters?: Readonly<Record<string, string>>;
  /** Variables that every function gets, over those of the template. @default none */
  readonly environment?: Readonly<Record<string, string>>;
  /**
   * `on`: a function may do what the template's policies allow its role, and else gets AWS's AccessDenied. All other
   * callers may do everything. @default on
   */
  readonly permissions?: 'on' | 'off';
  /**
   * A folder that keeps what queues, tables and buckets hold, from run to run. A crash costs the last second or so.
   * @default it is gone with the engine
   */
  readonly data?: string;
  /** What an engine held before; it wins over `data`. @default nothing */
  readonly snapshot?: Snapshot;
  /** Called for each line that a function writes. @default the lines are dropped */
  readonly onLog?: (line: LogLine) => void;
  /** Called when an alarm changes its state. @default nobody is told, but topics and what is subscribed to them */
  readonly onAlarm?: (change: AlarmChange) => void;
  /** Called with each message that is published to a topic. @default nobody is told but its subscribers */
  readonly onNotification?: (notification: Notification) => void;
  /** Called with each message that is sent to a queue. @default nobody is told */
  readonly onMessage?: (message: SentMessage) => void;
  /** Called with each schedule that is created while the app runs. @default nobody is told */
  readonly onSchedule?: (schedule: CreatedSchedule) => void;
  /** Called with what is not as it should be and stops nothing. @default a warning of the process */
  readonly onWarning?: (message: string) => void;
}

export interface LogLine extends FunctionLogLine {
  /** Which function wrote it, as in the app's construct tree. */
  readonly constructPath: string;
}

/** A running cloud on 127.0.0.1. */
export interface Engine extends ResourceLists {
  /** The base URL that AWS SDK clients and the AWS CLI are pointed at: `http://127.0.0.1:4566`. */
  readonly endpoint: string;
  readonly region: string;
  readonly accountId: string;
  /** Outputs by stack name. */
  readonly outputs: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** What the constructor of any AWS SDK client takes, to talk to the engine. */
  readonly clientConfig: ClientConfig;
  /** What a process needs in its environment so that its AWS SDK clients talk to the engine. */
  readonly clientEnvironment: Readonly<Record<string, string>>;
  /** What goes wrong, on demand. */
  readonly faults: Faults;
  /**
   * Reads another assembly of the same app and says what it would change.
   *
   * @throws StartError for an assembly that cannot be started.
   */
  prepareUpdate(assembly: string | Assembly): Promise<Update>;
  /** Ends everything; what is in memory is gone, unless it has a `data` folder. */
  stop(): Promise<void>;
  /** Ends everything and answers what queues, tables and buckets held: `snapshot` of the next start. */
  stopForRestart(): Promise<Snapshot>;
}

/** Another assembly of the app that runs. */
export interface Update {
  readonly difference: Difference;
  /**
   * Gives functions their new code and configuration while everything runs: messages stay, and invocations that are
   * running end on the old code. For a difference in functions alone: others need a new start.
   *
   * @returns the engine as it is then, in the place of the one that was asked.
   * @throws StartError for a function that does not start; it goes on with its old code.
   */
  replaceFunctions(): Promise<Engine>;
}

/**
 * Starts the stacks of a cloud assembly. It resolves when every resource exists, every function has been initialized
 * once, and events flow.
 *
 * @throws StartError for whatever cannot be started, in one message; what had been started before is stopped.
 */
export async function startEngine(options: EngineOptions): Promise<Engine> {
  const { clock = createRealClock(), environment = {}, onLog = () => {} } = options;
  const { onWarning = message => process.emitWarning(message) } = options;
  const stacks = await readStacks(options.assembly, options);
  const place = placeOf(stacks, options);
  const planned = planStacks(stacks, place, options.parameters ?? {});
  const state = await openState({
    data: options.data,
    snapshot: options.snapshot,
    owner: { stacks: stacks.map(({ name }) => name), ...place },
    clock,
    onWarning,
  });

  const paths = new Map<string, string>();
  const { cloud, stop: stopServices } = await openServices({
    port: options.port ?? 0,
    clock,
    ...place,
    permissions: options.permissions ?? 'on',
    onLog: line => onLog({ ...line, constructPath: paths.get(line.functionName) ?? line.functionName }),
    onAlarm: options.onAlarm ?? (() => {}),
    onNotification: options.onNotification ?? (() => {}),
    onMessage: options.onMessage ?? (() => {}),
    onSchedule: options.onSchedule ?? (() => {}),
    onChanged: () => state.changed(),
  }).catch(async (error: unknown) => {
    await state.close();
    throw error;
  });
  const created: LiveResource[] = [];
  let stopping: Promise<void> | undefined;
  const stop = () => {
    stopping ??= stopEngine();
    return stopping;
  };
  /** All at once: an event source waits for its running batches, which end when the functions are killed. */
  async function stopEngine(): Promise<void> {
    const resources = Promise.allSettled(created.map(resource => resource.stop?.()));
    const services = stopServices(async () => {
      await resources;
      await state.settle();
    });
    const outcomes = [
      ...(await resources),
      ...(await Promise.allSettled([services, services.then(state.close)])),
    ];
    const reasons = outcomes.flatMap(outcome => (outcome.status === 'rejected' ? [outcome.reason] : []));
    if (reasons.length === 0) return;
    throw new AggregateError(reasons, `the local engine did not stop cleanly: ${reasons.join('; ')}`);
  }

  try {
    const live = await createStacks(planned, {
      cloud,
      environment,
      onCreated(resource, constructPath) {
        created.push(resource);
        if (resource.summary?.kind === 'function') paths.set(resource.summary.name, constructPath);
      },
    });
    for (const warning of cloud.permissions.warnings()) onWarning(warning);
    await state.restore(cloud);
    await initialize(live);
    for (const resource of created) await resource.start?.();
    cloud.scheduler.start();
    return runningEngine({ cloud, place, planned, live, options, state, stop });
  } catch (error) {
    await stop();
    throw error;
  }
}

/** So that every handler that does not load is found now, and not by its first message. */
async function initialize(live: readonly LiveStack[]): Promise<void> {
  const problems: string[] = [];
  const initializing = live.flatMap(({ name, resources }) =>
    [...resources].map(async ([logicalId, resource]) => {
      try {
        await resource.initialize?.();
      } catch (error) {
        problems.push(startErrorIn(`${name}/${logicalId}`, error).message);
      }
    }),
  );
  await Promise.all(initializing);
  if (problems.length > 0) throw new StartError(problems.join('\n'));
}
