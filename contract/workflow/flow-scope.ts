/**
 * Where a flow is, and in which variable it finds what a step answered. Branches of `parallel` and items of `map` are
 * scopes of their own: they read the variables around them, and may not assign one of the same name.
 * https://docs.aws.amazon.com/step-functions/latest/dg/workflow-variables.html
 */
export interface FlowScope {
  /** How many scopes are around. */
  readonly depth: number;
  /** By the step's name: of the step that answered last. */
  readonly variables: ReadonlyMap<string, string>;
}

export const OUTERMOST: FlowScope = { depth: 0, variables: new Map() };

export function innerScope({ depth, variables }: FlowScope): FlowScope {
  return { depth: depth + 1, variables };
}

/** After a step of this name. */
export function scopeAfter({ depth, variables }: FlowScope, stepName: string): FlowScope {
  return { depth, variables: new Map([...variables, [stepName, variableOf(stepName, depth)]]) };
}

/**
 * The variable that keeps what a step answers. With its prefix it hides no function of JSONata (`$count`), nor is it
 * Step Functions' own `$states`; a step's name being 60 characters long, it has no more than the 80 of a variable.
 */
export function variableOf(stepName: string, depth: number): string {
  return `result${depth}_${stepName.replaceAll(/[^a-zA-Z0-9]/g, '_')}`;
}
