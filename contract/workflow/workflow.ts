import type { StandardSchemaV1 } from '@standard-schema/spec';
import { type DurationString, parseDuration } from '../duration.ts';
import { Flow, type FlowEnd } from './flow.ts';
import { allNodes, type FlowNode, innerNodes, type SignalNode } from './flow-node.ts';
import { variableOf } from './flow-scope.ts';
import type { StepDefinition } from './step.ts';

export interface WorkflowOptions<Name extends string, Input extends StandardSchemaV1, Output> {
  /** 1 to 60 of `a-z A-Z 0-9 . _ -`, beginning with a letter. */
  readonly name: Name;
  /** A schema of any Standard Schema library: what the workflow is started with. */
  readonly input: Input;
  /** How long a run may take in all, at most a year. One that takes longer is `timedOut`. */
  readonly timeout: DurationString;
  /**
   * How long a run that has ended can be read, and how long its idempotency key is remembered; at least 90 days.
   * @default '90d', as long as Step Functions keeps an execution
   */
  readonly retention?: DurationString;
  /** What it does, from its input to its output. */
  readonly flow: (
    flow: Flow<StandardSchemaV1.InferOutput<Input>, StandardSchemaV1.InferOutput<Input>>,
  ) => FlowEnd<Output>;
}

export interface WorkflowDefinition<
  Name extends string = string,
  Input extends StandardSchemaV1 = StandardSchemaV1,
  Output = unknown,
> {
  readonly name: Name;
  readonly input: Input;
  readonly timeoutSeconds: number;
  readonly retentionMs: number;
  readonly nodes: readonly FlowNode[];
  /** Only its type counts. */
  readonly output?: Output;
}

export type WorkflowInput<Workflow extends WorkflowDefinition> = StandardSchemaV1.InferInput<
  Workflow['input']
>;
export type WorkflowOutput<Workflow extends WorkflowDefinition> = Exclude<Workflow['output'], undefined>;

/**
 * Declares a workflow: what starts it, what it does step by step, how long it may take.
 *
 * @throws RangeError for an option that is out of its range; an Error for a flow that cannot be carried out
 * @example
 * ```ts
 * export const remindOnIssue = defineWorkflow({
 *   name: 'remind-on-issue',
 *   input: z.object({ repository: z.string(), number: z.int() }),
 *   timeout: '2d',
 *   flow: flow =>
 *     flow
 *       .wait('24h')
 *       .step(fetchIssue)
 *       .choose(
 *         ({ value }) => equals(value.comments, 0),
 *         quiet => quiet.step(postReminder, ({ input }) => ({ number: input.number })),
 *       ),
 * });
 * ```
 */
export function defineWorkflow<const Name extends string, Input extends StandardSchemaV1, Output>(
  options: WorkflowOptions<Name, Input, Output>,
): WorkflowDefinition<Name, Input, Output> {
  const { name, input, timeout, retention = '90d' } = options;
  const option = (key: string) => `workflow '${name}': ${key}`;
  if (!/^[a-zA-Z][a-zA-Z0-9._-]{0,59}$/.test(name)) {
    throw new RangeError(
      `a workflow's name must be 1 to 60 of a-z A-Z 0-9 . _ - and begin with a letter, got '${name}'`,
    );
  }
  const timeoutSeconds = Math.ceil(parseDuration(timeout, option('timeout')) / 1000);
  if (timeoutSeconds < 1 || timeoutSeconds > LONGEST_SECONDS) {
    throw new RangeError(
      `${option('timeout')} must be from 1s to 365d, as long as an execution may last, got ${timeout}`,
    );
  }
  const { nodes } = options.flow(Flow.begin());
  const problem = flowProblem(nodes);
  if (problem) throw new Error(option(problem));
  const retentionMs = parseDuration(retention, option('retention'));
  if (retentionMs < SHORTEST_RETENTION_MS) {
    throw new RangeError(
      `${option('retention')} must be at least 90d, for so long Step Functions keeps an execution's name taken, got ${retention}`,
    );
  }
  return {
    name,
    input,
    timeoutSeconds,
    retentionMs,
    nodes,
  };
}

/** https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html */
const LONGEST_SECONDS = 365 * 86_400;

/** https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html */
const SHORTEST_RETENTION_MS = 90 * 86_400_000;

function flowProblem(nodes: readonly FlowNode[]): string | undefined {
  if (nodes.length === 0) return 'the flow must do something: it has no step';
  for (const list of [nodes, ...allNodes(nodes).flatMap(innerNodes)]) {
    const end = list.findIndex(alwaysFails);
    const [failing, next] = list.slice(end);
    if (end >= 0 && failing && next) {
      const what =
        failing.kind === 'fail' ? `fail('${failing.error}')` : `a ${failing.kind} that always fails`;
      return `what comes after ${what} is never reached: a ${next.kind}; remove it`;
    }
  }
  const differing = [...Map.groupBy(stepsOf(nodes), step => step.name)].find(
    ([, steps]) => new Set(steps).size > 1,
  );
  if (differing) return `two different steps are named '${differing[0]}'; give one another name`;
  const names = new Set(stepsOf(nodes).map(({ name }) => name));
  const alike = [...Map.groupBy(names, name => variableOf(name, 0)).values()].find(
    ({ length }) => length > 1,
  );
  if (alike) {
    return `the answers of steps '${alike.join("' and '")}' would be kept in one variable; let their names differ in more than . _ -`;
  }
  return undefined;
}

function alwaysFails(node: FlowNode): boolean {
  const ways = innerNodes(node).map(inner => inner.some(alwaysFails));
  if (node.kind === 'choose') return ways.every(Boolean);
  // One failure fails all; of a map, there may be no item, and what is late may never be.
  return node.kind === 'parallel' ? ways.some(Boolean) : node.kind === 'fail';
}

/** The steps of a flow, each as often as it is used. */
export function stepsOf(nodes: readonly FlowNode[]): readonly StepDefinition[] {
  return allNodes(nodes).flatMap(node => ('step' in node ? [node.step] : []));
}

export function signalsOf(nodes: readonly FlowNode[]): readonly SignalNode[] {
  return allNodes(nodes).filter(node => node.kind === 'signal');
}
