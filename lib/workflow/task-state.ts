import type * as iam from 'aws-cdk-lib/aws-iam';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';

interface Rendered {
  readonly Catch?: readonly object[];
}

export interface TaskStateProps extends sfn.CustomStateProps {
  /** What its state machine must be allowed. @default nothing */
  readonly policy?: readonly iam.PolicyStatement[];
}

/**
 * A Task state of JSONata, written as it stands in the definition. What it catches goes on with the state's own input:
 * CDK leaves a catcher's `outputs` out of a custom state.
 */
export class TaskState extends sfn.CustomState {
  private readonly policy: readonly iam.PolicyStatement[];

  constructor(scope: Construct, id: string, { policy = [], ...props }: TaskStateProps) {
    super(scope, id, props);
    this.policy = policy;
  }

  override toStateJson(queryLanguage?: sfn.QueryLanguage): object {
    const state: object & Rendered = super.toStateJson(queryLanguage);
    if (state.Catch === undefined) return state;
    return { ...state, Catch: state.Catch.map(catcher => ({ ...catcher, Output: '{% $states.input %}' })) };
  }

  protected override whenBoundToGraph(graph: sfn.StateGraph): void {
    super.whenBoundToGraph(graph);
    for (const statement of this.policy) graph.registerPolicyStatement(statement);
  }
}
