import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { expressionOf, toDefinition } from '../../contract/workflow/expression.ts';
import type {
  ChooseNode,
  FailNode,
  FlowNode,
  ParallelNode,
  SetNode,
  SignalNode,
  StatesNode,
  StepNode,
} from '../../contract/workflow/flow-node.ts';
import { buildMap } from './build-map.ts';
import { callFunction, OWN_RETRY } from './call-function.ts';
import { callStep, STEP_VALUE } from './call-step.ts';
import { giveUp } from './give-up.ts';
import { pollStep, pollTask } from './poll.ts';
import { repeatStep } from './repeat.ts';
import { inOrder, passOn, type Segment, type StateBuilder, single, toChain } from './state-builder.ts';
import { RUN_ID, waitFor } from './wait.ts';

/** The states that do what a flow says, in CDK's own classes. */
export function buildFlow(builder: StateBuilder, nodes: readonly FlowNode[]): Segment | undefined {
  return inOrder(nodes.map(node => buildNode(builder, node)));
}

function buildNode(builder: StateBuilder, node: FlowNode): Segment {
  switch (node.kind) {
    case 'step':
      return buildStep(builder, node);
    case 'set':
      return buildSet(builder, node);
    case 'wait':
      return waitFor(builder, node);
    case 'signal':
      return buildSignal(builder, node);
    case 'until':
      return pollStep(builder, node);
    case 'repeat':
      return repeatStep(builder, node);
    case 'choose':
      return buildChoose(builder, node);
    case 'parallel':
      return buildParallel(builder, node);
    case 'map':
      return buildMap(builder, node, buildFlow);
    case 'task':
      return pollTask(builder, node);
    case 'states':
      return buildStates(builder, node);
    case 'fail':
      return buildFail(builder, node);
  }
}

function buildStep(builder: StateBuilder, { step, input, variable }: StepNode): Segment {
  return single(
    callStep(builder, step, {
      input: toDefinition(input),
      output: STEP_VALUE,
      assign: { [variable]: STEP_VALUE },
    }),
  );
}

function buildSet({ scope, newId }: StateBuilder, { value }: SetNode): Segment {
  return single(sfn.Pass.jsonata(scope, newId('Set'), { outputs: toDefinition(value) }));
}

function buildSignal(builder: StateBuilder, node: SignalNode): Segment {
  const { name, timeoutSeconds, onTimeout } = node;
  const state = callFunction(builder, {
    name: `Await ${name}`,
    event: {
      kind: 'signal',
      runId: RUN_ID,
      signal: name,
      token: '{% $states.context.Task.Token %}',
      timeoutSeconds,
    },
    output: '{% $states.result %}',
    awaitSeconds: timeoutSeconds,
    retry: OWN_RETRY,
  });
  const errors = ['States.Timeout'];
  if (onTimeout) {
    const after = buildFlow(builder, onTimeout) ?? passOn(builder, `Without ${name}`);
    state.addCatch(toChain(after), { errors });
    return { start: state, ends: [state, ...after.ends] };
  }
  const cause = `the signal '${name}' did not come in time`;
  const late = giveUp(builder, { name: `${name} did not come`, error: 'WaitTimeout', cause }, state);
  state.addCatch(late, { errors });
  return single(state);
}

function buildChoose(builder: StateBuilder, { condition, whenTrue, otherwise }: ChooseNode): Segment {
  const choice = sfn.Choice.jsonata(builder.scope, builder.newId('Choose'));
  const [first, second] = [whenTrue, otherwise].map(
    nodes => buildFlow(builder, nodes) ?? passOn(builder, 'Go on'),
  );
  if (first === undefined || second === undefined) throw new Error('a choice has two ways');
  choice.when(sfn.Condition.jsonata(`{% ${expressionOf(condition)} %}`), toChain(first));
  choice.otherwise(toChain(second));
  return { start: choice, ends: [...first.ends, ...second.ends] };
}

function buildParallel(builder: StateBuilder, { branches }: ParallelNode): Segment {
  const names = Object.keys(branches);
  const parallel = sfn.Parallel.jsonata(builder.scope, builder.newId('Parallel'), {
    outputs: Object.fromEntries(names.map((name, index) => [name, `{% $states.result[${index}] %}`])),
  });
  for (const nodes of Object.values(branches)) {
    parallel.branch(toChain(buildFlow(builder, nodes) ?? passOn(builder, 'Go on')));
  }
  return single(parallel);
}

function buildStates({ scope, states }: StateBuilder, { name }: StatesNode): Segment {
  const given = states[name];
  if (given) return { start: given.startState, ends: given.endStates };
  const known = Object.keys(states).join(', ') || 'none';
  throw new Error(
    `${scope.node.path}: states must have '${name}', which the workflow's flow goes through, got ${known}`,
  );
}

function buildFail({ scope, newId }: StateBuilder, { error, cause }: FailNode): Segment {
  const text = String(toDefinition(cause));
  const state = sfn.Fail.jsonata(scope, newId(`Fail ${error}`), {
    error,
    ...(text !== '' && { cause: text }),
  });
  return { start: state, ends: [] };
}
