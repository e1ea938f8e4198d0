import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { TaskDefinition } from '../task.ts';
import type { Ref } from './expression.ts';
import type { StepDefinition } from './step.ts';

/** One thing that a flow does. Fields of type `unknown` are templates. */
export type FlowNode =
  | StepNode
  | SetNode
  | WaitNode
  | SignalNode
  | UntilNode
  | RepeatNode
  | ChooseNode
  | ParallelNode
  | MapNode
  | TaskNode
  | StatesNode
  | FailNode;

export interface StepNode {
  readonly kind: 'step';
  readonly step: StepDefinition;
  /** Keeps what the step answers. */
  readonly variable: string;
  readonly input: unknown;
}

export interface SetNode {
  readonly kind: 'set';
  readonly value: unknown;
}

/** One of both. */
export interface WaitNode {
  readonly kind: 'wait';
  readonly seconds?: number;
  readonly until?: unknown;
}

export interface SignalNode {
  readonly kind: 'signal';
  readonly name: string;
  readonly schema: StandardSchemaV1;
  readonly timeoutSeconds: number;
  /** @default the workflow fails */
  readonly onTimeout?: readonly FlowNode[];
}

export interface UntilNode {
  readonly kind: 'until';
  readonly step: StepDefinition;
  /** Keeps what the step answers. */
  readonly variable: string;
  readonly input: unknown;
  readonly everySeconds: number;
  readonly timeoutSeconds: number;
}

export interface RepeatNode {
  readonly kind: 'repeat';
  readonly step: StepDefinition;
  /** Keeps what the step answers. */
  readonly variable: string;
  /** Of the first turn; each answer is the input of the next. */
  readonly input: unknown;
  readonly turns: number;
}

export interface ChooseNode {
  readonly kind: 'choose';
  readonly condition: Ref<boolean>;
  readonly whenTrue: readonly FlowNode[];
  readonly otherwise: readonly FlowNode[];
}

export interface ParallelNode {
  readonly kind: 'parallel';
  readonly branches: Readonly<Record<string, readonly FlowNode[]>>;
}

export interface MapNode {
  readonly kind: 'map';
  readonly items: Ref<readonly unknown[]>;
  readonly each: readonly FlowNode[];
  readonly concurrency: number;
  readonly toleratedFailures: number;
}

export interface TaskNode {
  readonly kind: 'task';
  readonly task: TaskDefinition;
  readonly payload: unknown;
  readonly everySeconds: number;
  readonly timeoutSeconds: number;
}

export interface StatesNode {
  readonly kind: 'states';
  readonly name: string;
}

export interface FailNode {
  readonly kind: 'fail';
  readonly error: string;
  readonly cause: unknown;
}

/** The lists of nodes within a node. */
export function innerNodes(node: FlowNode): readonly (readonly FlowNode[])[] {
  switch (node.kind) {
    case 'choose':
      return [node.whenTrue, node.otherwise];
    case 'parallel':
      return Object.values(node.branches);
    case 'map':
      return [node.each];
    case 'signal':
      return node.onTimeout ? [node.onTimeout] : [];
    default:
      return [];
  }
}

/** A node and all within it, in the order of the flow. */
export function allNodes(nodes: readonly FlowNode[]): readonly FlowNode[] {
  return nodes.flatMap(node => [node, ...innerNodes(node).flatMap(allNodes)]);
}
