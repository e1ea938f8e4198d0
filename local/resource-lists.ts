import type { AssemblyStack } from './assembly.ts';
import type { LiveStack } from './create-stacks.ts';
import type {
  AlarmSummary,
  BucketSummary,
  EventSourceSummary,
  FunctionSummary,
  FunctionUrlSummary,
  HttpApiSummary,
  QueueSummary,
  ResourceSummary,
  ScheduleSummary,
  StateMachineSummary,
  TableSummary,
  TopicSummary,
} from './resources/resource-summary.ts';

/** Where in the app a resource comes from. */
export interface Origin {
  readonly stackName: string;
  readonly logicalId: string;
  /** As in the app's construct tree, `Shop/Email/Queue`; the logical id where the assembly does not tell. */
  readonly constructPath: string;
}

/** What runs, by kind, in the order of its creation. */
export interface ResourceLists {
  readonly queues: readonly (QueueSummary & Origin)[];
  readonly tables: readonly (TableSummary & Origin)[];
  readonly buckets: readonly (BucketSummary & Origin)[];
  readonly topics: readonly (TopicSummary & Origin)[];
  readonly functions: readonly (FunctionSummary & Origin)[];
  readonly functionUrls: readonly (FunctionUrlSummary & Origin)[];
  readonly httpApis: readonly (HttpApiSummary & Origin)[];
  readonly eventSources: readonly (EventSourceSummary & Origin)[];
  readonly stateMachines: readonly (StateMachineSummary & Origin)[];
  readonly alarms: readonly (AlarmSummary & Origin)[];
  readonly schedules: readonly (ScheduleSummary & Origin)[];
}

/** @param sources and `live` are the same stacks in the same order. */
export function listResources(sources: readonly AssemblyStack[], live: readonly LiveStack[]): ResourceLists {
  const all: (ResourceSummary & Origin)[] = [];
  for (const { name: stackName, resources } of live) {
    const paths = sources.find(({ name }) => name === stackName)?.constructPaths;
    for (const [logicalId, { summary }] of resources) {
      if (summary)
        all.push({ ...summary, stackName, logicalId, constructPath: paths?.get(logicalId) ?? logicalId });
    }
  }
  return {
    queues: all.filter(resource => resource.kind === 'queue'),
    tables: all.filter(resource => resource.kind === 'table'),
    buckets: all.filter(resource => resource.kind === 'bucket'),
    topics: all.filter(resource => resource.kind === 'topic'),
    functions: all.filter(resource => resource.kind === 'function'),
    functionUrls: all.filter(resource => resource.kind === 'functionUrl'),
    httpApis: all.filter(resource => resource.kind === 'httpApi'),
    eventSources: all.filter(resource => resource.kind === 'eventSource'),
    stateMachines: all.filter(resource => resource.kind === 'stateMachine'),
    alarms: all.filter(resource => resource.kind === 'alarm'),
    schedules: all.filter(resource => resource.kind === 'schedule'),
  };
}
