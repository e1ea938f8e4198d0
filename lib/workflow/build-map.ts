import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { expressionOf } from '../../contract/workflow/expression.ts';
import { allNodes, type FlowNode, type MapNode } from '../../contract/workflow/flow-node.ts';
import { passOn, type Segment, type StateBuilder, single, toChain } from './state-builder.ts';

/** Each item in a parallel state of one branch: only such a state can catch whatever fails within. */
export function buildMap(
  builder: StateBuilder,
  { items, each, concurrency, toleratedFailures }: MapNode,
  buildFlow: (builder: StateBuilder, nodes: readonly FlowNode[]) => Segment | undefined,
): Segment {
  const { scope, newId } = builder;
  const index = sendsTask(each) ? builder.newVariable('item') : undefined;
  const within = index === undefined ? builder : { ...builder, itemIndexes: [...builder.itemIndexes, index] };
  const item = sfn.Parallel.jsonata(scope, newId('Item'), { outputs: { value: '{% $states.result[0] %}' } });
  item.branch(toChain(buildFlow(within, each) ?? passOn(builder, 'Go on')));
  const failed = passOn(builder, 'Item failed', { failed: '{% $states.input %}' });
  if (toleratedFailures > 0) item.addCatch(toChain(failed), { errors: ['States.ALL'] });
  const map = sfn.Map.jsonata(scope, newId('Map'), {
    items: sfn.ProvideItems.jsonata(`{% ${expressionOf(items)} %}`),
    maxConcurrency: concurrency,
    ...(index !== undefined && { itemSelector: NUMBERED_ITEM }),
  });
  map.itemProcessor(index === undefined ? item : keepIndex(builder, index).next(item));
  return toleratedFailures > 0 ? refuseTooMany(builder, map, toleratedFailures) : single(map);
}

function sendsTask(nodes: readonly FlowNode[]): boolean {
  return allNodes(nodes).some(({ kind }) => kind === 'task');
}

/**
 * Only here does Step Functions promise to know the index.
 * https://docs.aws.amazon.com/step-functions/latest/dg/input-output-contextobject.html#contextobject-map
 */
const NUMBERED_ITEM = {
  index: '{% $states.context.Map.Item.Index %}',
  value: '{% $states.context.Map.Item.Value %}',
};

/** A variable, so that maps within this one know it too. */
function keepIndex({ scope, newId }: StateBuilder, variable: string): sfn.Pass {
  return sfn.Pass.jsonata(scope, newId('Number the item'), {
    assign: { [variable]: '{% $states.input.index %}' },
    outputs: '{% $states.input.value %}',
  });
}

function refuseTooMany(builder: StateBuilder, map: sfn.Map, tolerated: number): Segment {
  const { scope, newId } = builder;
  const count = '$count($states.input[$exists(failed)])';
  const check = sfn.Choice.jsonata(scope, newId('Count failures'));
  const fail = sfn.Fail.jsonata(scope, newId('Too many failures'), {
    error: 'TooManyFailures',
    cause: `{% $string(${count}) & ' items failed, ${tolerated} are tolerated' %}`,
  });
  const goOn = passOn(builder, 'Few enough');
  check.when(sfn.Condition.jsonata(`{% ${count} > ${tolerated} %}`), fail).otherwise(goOn.start);
  map.next(check);
  return { start: map, ends: goOn.ends };
}
