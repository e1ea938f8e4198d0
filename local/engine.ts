import { type Assembly, type AssemblyStack, readAssembly } from './assembly.ts';
import { type ClientConfig, clientConfig, clientEnvironment } from './client-config.ts';
import { type Clock, createRealClock } from './clock.ts';
import { createStacks, type LiveStack, type PlannedStack } from './create-stacks.ts';
import type { FunctionLogLine } from './lambda/lambda-service.ts';
import { type Place, placeOf } from './place.ts';
import { listResources, type ResourceLists } from './resource-lists.ts';
import { checkSupported } from './resources/registry.ts';
import type { LiveResource } from './resources/resource-type.ts';
import { selectStacks } from './select-stacks.ts';
import { openServices } from './services.ts';
import { StartError, startErrorIn } from './start-error.ts';
import { prepareStack } from './template/prepare-stack.ts';

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
  /** Called for each line that a function writes. @default the lines are dropped */
  readonly onLog?: (line: FunctionLogLine) => void;
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
  /** Ends everything; what is in memory is gone. */
  stop(): Promise<void>;
}

/**
 * Starts the stacks of a cloud assembly. It resolves when every resource exists, every function has been initialized
 * once, and events flow.
 *
 * @throws StartError for whatever cannot be started, in one message; what had been started before is stopped.
 */
export async function startEngine(options: EngineOptions): Promise<Engine> {
  const { assembly, clock = createRealClock(), environment = {}, onLog = () => {} } = options;
  const stacks = selectStacks(
    typeof assembly === 'string' ? await readAssembly(assembly) : assembly,
    options.stacks,
  );
  const place = placeOf(stacks, options);
  const planned = plan(stacks, place, options.parameters ?? {});

  const { cloud, stop: stopServices } = await openServices({
    port: options.port ?? 0,
    clock,
    onLog,
    ...place,
  });
  const created: LiveResource[] = [];
  let stopping: Promise<void> | undefined;
  const stop = () => {
    stopping ??= stopAll([...created.map(resource => resource.stop?.()), stopServices()]);
    return stopping;
  };

  try {
    const live = await createStacks(planned, { cloud, environment, onCreated: r => created.push(r) });
    await initialize(live);
    for (const resource of created) await resource.start?.();
    return {
      endpoint: cloud.location.endpoint,
      ...place,
      outputs: Object.fromEntries(live.map(stack => [stack.name, stack.outputs])),
      ...listResources(stacks, live),
      clientConfig: clientConfig(cloud.location),
      clientEnvironment: clientEnvironment(cloud.location),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function plan(
  stacks: readonly AssemblyStack[],
  place: Place,
  parameters: Readonly<Record<string, string>>,
): PlannedStack[] {
  const planned: PlannedStack[] = [];
  for (const source of stacks) {
    const identity = { stackName: source.name, ...place };
    try {
      planned.push({ source, prepared: prepareStack(source.template, identity, parameters) });
    } catch (error) {
      throw startErrorIn(source.path, error);
    }
  }
  checkSupported(new Map(planned.map(({ source, prepared }) => [source.name, prepared])));
  return planned;
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

/** All at once: an event source waits for its running batches, which end when the functions are killed. */
async function stopAll(stops: readonly (Promise<void> | undefined)[]): Promise<void> {
  const failed = (await Promise.allSettled(stops)).filter(outcome => outcome.status === 'rejected');
  if (failed.length === 0) return;
  const reasons = failed.map(({ reason }) => reason);
  throw new AggregateError(reasons, `the local engine did not stop cleanly: ${reasons.join('; ')}`);
}
