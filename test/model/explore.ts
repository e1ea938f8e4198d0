/** A system as its states and the steps that lead from one to the next. */
export interface Model<State> {
  readonly initial: readonly State[];
  next(state: State): Iterable<Step<State>>;
  /** The same for states that differ in names only. */
  key(state: State): string;
  /** What is wrong with a state, if anything is. */
  violation(state: State): string | undefined;
  isFinal(state: State): boolean;
}

export interface Step<State> {
  readonly label: string;
  readonly state: State;
}

export interface Exploration {
  readonly states: number;
  readonly labels: ReadonlySet<string>;
  /** The shortest way to something wrong, step by step, and last what is wrong; empty when nothing is. */
  readonly trace: readonly string[];
}

interface Visit<State> {
  readonly state: State;
  readonly label: string;
  readonly parent: number | undefined;
  /** Every state that has a step to this one. */
  readonly before: number[];
}

/** Visits every state that can be reached, breadth first; also finds states from which no final one can be reached. */
export function explore<State>(model: Model<State>): Exploration {
  const visits: Visit<State>[] = [];
  const indexes = new Map<string, number>();
  const labels = new Set<string>();
  const found = (trace: readonly string[]): Exploration => ({ states: visits.length, labels, trace });

  const visit = (label: string, state: State, parent?: number) => {
    const key = model.key(state);
    const index = indexes.get(key) ?? visits.length;
    if (index === visits.length) {
      visits.push({ state, label, parent, before: [] });
      indexes.set(key, index);
    }
    labels.add(label);
    if (parent !== undefined) visits[index]?.before.push(parent);
  };

  for (const state of model.initial) visit('start', state);
  // The loop also comes to what is pushed while it runs.
  for (const [index, { state }] of visits.entries()) {
    const violation = model.violation(state);
    if (violation) return found([...traceTo(visits, index), violation]);
    for (const step of model.next(state)) visit(step.label, step.state, index);
  }
  const stuck = findStuck(visits, model);
  return found(stuck === undefined ? [] : [...traceTo(visits, stuck), 'from here it can never end']);
}

function traceTo(visits: readonly Visit<unknown>[], index: number): string[] {
  const trace: string[] = [];
  for (let visit = visits[index]; visit; visit = visits[visit.parent ?? -1]) trace.unshift(visit.label);
  return trace;
}

function findStuck<State>(visits: readonly Visit<State>[], model: Model<State>): number | undefined {
  const canEnd = new Set<number>();
  const pending: number[] = [];
  for (const [index, { state }] of visits.entries()) if (model.isFinal(state)) pending.push(index);
  for (let index = pending.pop(); index !== undefined; index = pending.pop()) {
    if (canEnd.has(index)) continue;
    canEnd.add(index);
    pending.push(...(visits[index]?.before ?? []));
  }
  const stuck = visits.findIndex((_, index) => !canEnd.has(index));
  return stuck < 0 ? undefined : stuck;
}
