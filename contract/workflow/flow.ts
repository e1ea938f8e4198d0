import type { StandardSchemaV1 } from '@standard-schema/spec';
import { type DurationString, parseDuration } from '../duration.ts';
import type { PayloadInput, TaskDefinition } from '../task.ts';
import { type Ref, refTo, type Template } from './expression.ts';
import type { FlowNode, RepeatNode, StepNode, UntilNode } from './flow-node.ts';
import { type FlowScope, innerScope, OUTERMOST, scopeAfter, variableOf } from './flow-scope.ts';
import type { StepDefinition, StepInput, StepOutput } from './step.ts';

/** What can be wired into a step: each is known when the workflow gets there. */
export interface Known<Input, Value, Results> {
  /** What the workflow was started with. */
  readonly input: Ref<Input>;
  /** What the step before answered; at the beginning, the workflow's input. */
  readonly value: Ref<Value>;
  /** What each step before answered, by its name. */
  readonly results: { readonly [Name in keyof Results]: Ref<Results[Name]> };
}

type Wire<Input, Value, Results, Wanted> = (known: Known<Input, Value, Results>) => Template<Wanted>;

export interface PollOptions {
  /** Between two looks. */
  readonly every: DurationString;
  /** When it is given up. */
  readonly timeout: DurationString;
}

export interface RepeatOptions {
  /** When it is given up. Each turn has 7 of the 25,000 events of a history, and more for retries. */
  readonly turns: number;
}

export interface MapOptions {
  /**
   * Items that are worked on at a time, 1 to 40.
   * @default 10
   */
  readonly concurrency?: number;
  /**
   * Items that may fail. With more, the workflow fails.
   * @default 0
   */
  readonly toleratedFailures?: number;
}

/** What became of an item of a map. */
export type MapResult<Value> =
  | { readonly value: Value }
  | { readonly failed: { readonly Error: string; readonly Cause: string } };

type Unassigned<Node> = Omit<Node, 'variable'>;

/** A flow as whoever built it leaves it: where it ends, whatever it came by. */
export interface FlowEnd<Value> {
  readonly nodes: readonly FlowNode[];
  readonly [END]?: Value;
}

declare const END: unique symbol;

type EndOf<End> = End extends FlowEnd<infer Value> ? Value : never;

/**
 * The way of a workflow from its input to its output, one thing after the other. Each call answers a new flow, and
 * changes none. Nothing runs here: the flow describes a state machine.
 */
export class Flow<Input, Value, Results = Record<never, never>> implements FlowEnd<Value> {
  readonly nodes: readonly FlowNode[];
  declare readonly [END]?: Value;
  readonly #scope: FlowScope;

  private constructor(nodes: readonly FlowNode[], scope: FlowScope) {
    this.nodes = nodes;
    this.#scope = scope;
  }

  static begin<Input>(): Flow<Input, Input> {
    return new Flow([], OUTERMOST);
  }

  /**
   * Runs a step, with what the one before answered or with what is wired to it.
   *
   * @example
   * ```ts
   * flow.step(fetchIssue).step(postReminder, ({ input, value }) => ({ number: input.number, to: value.author }))
   * ```
   */
  step<Step extends StepDefinition>(
    step: Step,
    ...wire: Value extends StepInput<Step>
      ? [wire?: Wire<Input, Value, Results, StepInput<Step>>]
      : [wire: Wire<Input, Value, Results, StepInput<Step>>]
  ): Flow<Input, StepOutput<Step>, Results & Record<Step['name'], StepOutput<Step>>> {
    return this.#withStep({ kind: 'step', step, input: this.#wired(wire[0]) });
  }

  /** Goes on with another value: what the wiring makes of what is known. */
  set<Next>(wire: Wire<Input, Value, Results, Next>): Flow<Input, Next, Results> {
    return this.#with({ kind: 'set', value: this.#wired(wire) });
  }

  /** Waits, up to a year. It costs nothing while it waits. */
  wait(duration: DurationString): Flow<Input, Value, Results> {
    return this.#with({ kind: 'wait', seconds: secondsOf(duration, 'wait') });
  }

  /** Waits until a time, as an ISO 8601 string: `2030-01-01T12:00:00Z`. */
  waitUntilTime(wire: Wire<Input, Value, Results, string>): Flow<Input, Value, Results> {
    return this.#with({ kind: 'wait', until: this.#wired(wire) });
  }

  /**
   * Waits for `signalWorkflow` to bring a payload, which is the next value. A signal that came before is taken.
   *
   * @param options `onTimeout` goes on in its stead. @default the workflow fails with `WaitTimeout`
   */
  waitForSignal<Schema extends StandardSchemaV1, Late>(
    name: string,
    schema: Schema,
    options: {
      readonly timeout: DurationString;
      readonly onTimeout: (flow: Flow<Input, Value, Results>) => FlowEnd<Late>;
    },
  ): Flow<Input, StandardSchemaV1.InferOutput<Schema> | Late, Results>;
  waitForSignal<Schema extends StandardSchemaV1>(
    name: string,
    schema: Schema,
    options: { readonly timeout: DurationString },
  ): Flow<Input, StandardSchemaV1.InferOutput<Schema>, Results>;
  waitForSignal(
    name: string,
    schema: StandardSchemaV1,
    options: {
      readonly timeout: DurationString;
      readonly onTimeout?: (flow: Flow<Input, Value, Results>) => FlowEnd<unknown>;
    },
  ): Flow<Input, unknown, Results> {
    return this.#with({
      kind: 'signal',
      name,
      schema,
      timeoutSeconds: secondsOf(options.timeout, `the signal '${name}': timeout`),
      ...(options.onTimeout && { onTimeout: this.#branch(options.onTimeout) }),
    });
  }

  /**
   * Asks a step again and again until it answers `{ done: true }`; its `value` is the next.
   *
   * @throws RangeError when so many looks would not fit into a history of 25,000 events
   */
  waitUntil<Step extends StepDefinition>(
    step: StepOutput<Step> extends { readonly done: boolean } ? Step : never,
    options: PollOptions,
    ...wire: Value extends StepInput<Step>
      ? [wire?: Wire<Input, Value, Results, StepInput<Step>>]
      : [wire: Wire<Input, Value, Results, StepInput<Step>>]
  ): Flow<Input, StepOutput<Step>, Results & Record<Step['name'], StepOutput<Step>>> {
    return this.#withStep({
      kind: 'until',
      step,
      input: this.#wired(wire[0]),
      everySeconds: secondsOf(options.every, `step '${step.name}': every`),
      timeoutSeconds: secondsOf(options.timeout, `step '${step.name}': timeout`),
    });
  }

  /**
   * Runs a step again at once, with its own answer, until that has `done: true`; it is the next value. For work that is
   * longer than one run of a function.
   *
   * @throws RangeError when `turns` is no whole number, or so many do not fit into a history of 25,000 events
   */
  repeat<Step extends StepDefinition>(
    step: StepOutput<Step> extends StepInput<Step> & { readonly done: boolean } ? Step : never,
    { turns }: RepeatOptions,
    ...wire: Value extends StepInput<Step>
      ? [wire?: Wire<Input, Value, Results, StepInput<Step>>]
      : [wire: Wire<Input, Value, Results, StepInput<Step>>]
  ): Flow<Input, StepOutput<Step>, Results & Record<Step['name'], StepOutput<Step>>> {
    if (!Number.isInteger(turns) || turns < 1 || turns > MOST_TURNS) {
      throw new RangeError(
        `step '${step.name}': turns must be a whole number from 1 to ${MOST_TURNS}, of ${EVENTS_OF_A_TURN} events each, ` +
          `got ${turns}`,
      );
    }
    return this.#withStep({ kind: 'repeat', step, input: this.#wired(wire[0]), turns });
  }

  /** Goes one way or the other, by a condition; without `otherwise`, the value is passed on as it is. */
  choose<Then>(
    condition: (known: Known<Input, Value, Results>) => Ref<boolean>,
    then: (flow: Flow<Input, Value, Results>) => FlowEnd<Then>,
  ): Flow<Input, Then | Value, Results>;
  choose<Then, Otherwise>(
    condition: (known: Known<Input, Value, Results>) => Ref<boolean>,
    then: (flow: Flow<Input, Value, Results>) => FlowEnd<Then>,
    otherwise: (flow: Flow<Input, Value, Results>) => FlowEnd<Otherwise>,
  ): Flow<Input, Then | Otherwise, Results>;
  choose(
    condition: (known: Known<Input, Value, Results>) => Ref<boolean>,
    then: (flow: Flow<Input, Value, Results>) => FlowEnd<unknown>,
    otherwise?: (flow: Flow<Input, Value, Results>) => FlowEnd<unknown>,
  ): Flow<Input, unknown, Results> {
    return this.#with({
      kind: 'choose',
      condition: condition(this.#known()),
      whenTrue: this.#branch(then),
      otherwise: otherwise ? this.#branch(otherwise) : [],
    });
  }

  /** Goes all ways at once; the next value has what each ends with, by its name. One failure fails all. */
  parallel<
    Branches extends Readonly<Record<string, (flow: Flow<Input, Value, Results>) => FlowEnd<unknown>>>,
  >(
    branches: Branches,
  ): Flow<Input, { readonly [Name in keyof Branches]: EndOf<ReturnType<Branches[Name]>> }, Results> {
    const built = Object.entries(branches);
    return this.#with({
      kind: 'parallel',
      branches: Object.fromEntries(
        built.map(([name, build]) => [name, this.#branch(build, innerScope(this.#scope))]),
      ),
    });
  }

  /** Goes one way for each item of a list; the next value has what became of each, in their order. */
  map<Item, End>(
    items: (known: Known<Input, Value, Results>) => Ref<readonly Item[]>,
    each: (flow: Flow<Input, Item, Results>) => FlowEnd<End>,
    { concurrency = 10, toleratedFailures = 0 }: MapOptions = {},
  ): Flow<Input, readonly MapResult<End>[], Results> {
    if (!Number.isInteger(concurrency) || concurrency < 1 || concurrency > 40) {
      throw new RangeError(`map: concurrency must be a whole number from 1 to 40, got ${concurrency}`);
    }
    if (!Number.isInteger(toleratedFailures) || toleratedFailures < 0) {
      throw new RangeError(`map: toleratedFailures must be a whole number from 0, got ${toleratedFailures}`);
    }
    return this.#with({
      kind: 'map',
      items: items(this.#known()),
      each: each(new Flow([], innerScope(this.#scope))).nodes,
      concurrency,
      toleratedFailures,
    });
  }

  /**
   * Sends a task and waits until its run has ended; what its handler returned is the next value. A run that is
   * dead-lettered or canceled fails the workflow.
   */
  task<Task extends TaskDefinition>(
    task: Task,
    payload: Wire<Input, Value, Results, PayloadInput<Task>>,
    { every, timeout }: PollOptions,
  ): Flow<Input, unknown, Results> {
    return this.#with({
      kind: 'task',
      task,
      payload: this.#wired(payload),
      everySeconds: secondsOf(every, `task '${task.name}': every`),
      timeoutSeconds: secondsOf(timeout, `task '${task.name}': timeout`),
    });
  }

  /** Goes through states of your own, which `TaskWorkflow` is given by this name. What they end with is the next value. */
  states<End>(name: string): Flow<Input, End, Results> {
    return this.#with({ kind: 'states', name });
  }

  /** Fails the workflow. */
  fail(error: string, cause: Template<string> = ''): Flow<Input, never, Results> {
    return this.#with({ kind: 'fail', error, cause });
  }

  #with<NextValue, NextResults>(node: FlowNode, scope = this.#scope): Flow<Input, NextValue, NextResults> {
    return new Flow([...this.nodes, node], scope);
  }

  #withStep<NextValue, NextResults>(
    node: Unassigned<StepNode> | Unassigned<UntilNode> | Unassigned<RepeatNode>,
  ): Flow<Input, NextValue, NextResults> {
    const { name } = node.step;
    return this.#with(
      { ...node, variable: variableOf(name, this.#scope.depth) },
      scopeAfter(this.#scope, name),
    );
  }

  #branch(
    build: (flow: Flow<Input, Value, Results>) => FlowEnd<unknown>,
    scope = this.#scope,
  ): readonly FlowNode[] {
    return build(new Flow([], scope)).nodes;
  }

  #wired(wire: Wire<Input, Value, Results, unknown> | undefined): unknown {
    return wire ? wire(this.#known()) : this.#known().value;
  }

  #known(): Known<Input, Value, Results> {
    const { depth, variables } = this.#scope;
    const results = new Proxy(
      {},
      { get: (_, name) => refTo(`$${variables.get(String(name)) ?? variableOf(String(name), depth)}`) },
    );
    return {
      input: refTo('$states.context.Execution.Input'),
      value: refTo('$states.input'),
      results: results as Known<Input, Value, Results>['results'],
    };
  }
}

/** https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html */
export const MAX_HISTORY_EVENTS = 25_000;

/** A task has five (entered, scheduled, started, succeeded, exited), a choice two. */
export const EVENTS_OF_A_TURN = 7;
const MOST_TURNS = Math.floor(MAX_HISTORY_EVENTS / EVENTS_OF_A_TURN);

/** https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html: an execution lasts a year at most. */
const LONGEST_SECONDS = 365 * 86_400;

function secondsOf(duration: DurationString, what: string): number {
  const seconds = Math.ceil(parseDuration(duration, what) / 1000);
  if (seconds >= 1 && seconds <= LONGEST_SECONDS) return seconds;
  throw new RangeError(`${what} must be from 1s to 365d, as long as an execution may last, got ${duration}`);
}
