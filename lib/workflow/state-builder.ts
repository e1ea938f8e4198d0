import type * as lambda from 'aws-cdk-lib/aws-lambda';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import type { AnyTable } from '../run-table.ts';

/** What the states of one workflow are built with. */
export interface StateBuilder {
  readonly scope: Construct;
  readonly fn: lambda.IFunction;
  readonly table: AnyTable;
  /** How long the function may take, which no task waits longer for. */
  readonly functionTimeoutSeconds: number;
  /** States of the user's own, by their names in the flow. */
  readonly states: Readonly<Record<string, sfn.IChainable>>;
  /** Variables with the item's index in each map around, the outermost first. */
  readonly itemIndexes: readonly string[];
  /** A state's id, the same at each synth: the name, and a number where there are several. */
  newId(name: string): string;
  /** A variable that nothing else in the state machine has, in whatever scope. */
  newVariable(kind: string): string;
}

/** Room for a number within the 80 characters of a state's name. https://docs.aws.amazon.com/step-functions/latest/dg/statemachine-structure.html */
const LONGEST_NAME = 74;

export function createStateBuilder(
  given: Omit<StateBuilder, 'newId' | 'newVariable' | 'itemIndexes'>,
): StateBuilder {
  const used = new Map<string, number>();
  const count = (name: string) => {
    const counted = (used.get(name) ?? 0) + 1;
    used.set(name, counted);
    return counted;
  };
  return {
    ...given,
    itemIndexes: [],
    newId(name) {
      const short = name.slice(0, LONGEST_NAME);
      const number = count(short);
      return number === 1 ? short : `${short} (${number})`;
    },
    newVariable: kind => `${kind}${count(`$${kind}`)}`,
  };
}

/** States that lead from one to the others; what comes next is put behind all `ends`. */
export interface Segment {
  readonly start: sfn.State;
  readonly ends: readonly sfn.INextable[];
}

export function single(state: sfn.State & sfn.INextable): Segment {
  return { start: state, ends: [state] };
}

export function inOrder(segments: readonly Segment[]): Segment | undefined {
  const [first] = segments;
  for (const [index, { start }] of segments.entries()) {
    for (const end of segments[index - 1]?.ends ?? []) end.next(start);
  }
  return first && { start: first.start, ends: segments.at(-1)?.ends ?? [] };
}

export function toChain({ start, ends }: Segment): sfn.Chain {
  return sfn.Chain.custom(start, [...ends], start);
}

/** A state that does nothing but pass on what comes: the way through an empty branch. */
export function passOn({ scope, newId }: StateBuilder, name: string, output?: unknown): Segment {
  return single(sfn.Pass.jsonata(scope, newId(name), { ...(output !== undefined && { outputs: output }) }));
}
