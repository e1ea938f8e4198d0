import * as sfn from 'aws-cdk-lib/aws-stepfunctions';

interface Rendered {
  readonly Catch?: readonly object[];
}

/**
 * A Task state of JSONata, written as it stands in the definition. What it catches goes on with the state's own input:
 * CDK leaves a catcher's `outputs` out of a custom state.
 */
export class TaskState extends sfn.CustomState {
  override toStateJson(queryLanguage?: sfn.QueryLanguage): object {
    const state: object & Rendered = super.toStateJson(queryLanguage);
    if (state.Catch === undefined) return state;
    return { ...state, Catch: state.Catch.map(catcher => ({ ...catcher, Output: '{% $states.input %}' })) };
  }
}
