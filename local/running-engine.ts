import { clientConfig, clientEnvironment } from './client-config.ts';
import type { Cloud } from './cloud.ts';
import { type Change, compareStacks } from './compare-stacks.ts';
import { type LiveStack, type PlannedStack, replaceResources } from './create-stacks.ts';
import type { Engine, EngineOptions } from './engine.ts';
import type { Place } from './place.ts';
import { planStacks, readStacks } from './plan-stacks.ts';
import { listResources } from './resource-lists.ts';
import type { EngineState } from './state/engine-state.ts';

export interface Running {
  readonly cloud: Cloud;
  readonly place: Place;
  readonly planned: readonly PlannedStack[];
  readonly live: readonly LiveStack[];
  readonly options: EngineOptions;
  readonly state: EngineState;
  readonly stop: Engine['stop'];
}

/** What is told of resources that exist, and how they can be changed and ended. */
export function runningEngine(now: Running): Engine {
  const { cloud, place, planned, live, options, state, stop } = now;
  return {
    endpoint: cloud.location.endpoint,
    ...place,
    outputs: Object.fromEntries(live.map(stack => [stack.name, stack.outputs])),
    ...listResources(
      planned.map(({ source }) => source),
      live,
    ),
    clientConfig: clientConfig(cloud.location),
    clientEnvironment: clientEnvironment(cloud.location),
    faults: cloud.faults,
    async prepareUpdate(assembly) {
      const next = planStacks(await readStacks(assembly, options), place, options.parameters ?? {});
      const difference = compareStacks(planned, next);
      return { difference, replaceFunctions: () => replaceFunctions(now, next, difference.functions) };
    },
    stop,
    async stopForRestart() {
      await stop();
      return state.last;
    },
  };
}

async function replaceFunctions(
  now: Running,
  next: readonly PlannedStack[],
  changes: readonly Change[],
): Promise<Engine> {
  const { cloud, options } = now;
  const live = [...now.live];
  for (const [index, stack] of live.entries()) {
    const plannedNext = next.find(({ source }) => source.name === stack.name);
    const ids = changes.filter(({ stackName }) => stackName === stack.name).map(({ logicalId }) => logicalId);
    if (plannedNext === undefined || ids.length === 0) continue;
    live[index] = await replaceResources(stack, plannedNext, ids, {
      cloud,
      environment: options.environment ?? {},
    });
  }
  return runningEngine({ ...now, planned: next, live });
}
