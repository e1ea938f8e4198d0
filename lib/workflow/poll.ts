import { Duration } from 'aws-cdk-lib';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { toDefinition } from '../../contract/workflow/expression.ts';
import type { TaskNode, UntilNode } from '../../contract/workflow/flow-node.ts';
import { callFunction, OWN_RETRY } from './call-function.ts';
import { callStep, STEP_VALUE } from './call-step.ts';
import { giveUp } from './give-up.ts';
import { inOrder, type Segment, type StateBuilder, single } from './state-builder.ts';
import type { TaskState } from './task-state.ts';
import { RUN_ID } from './wait.ts';

/** Asks a step until it says that it is done. */
export function pollStep(builder: StateBuilder, { step, input, variable, ...times }: UntilNode): Segment {
  const look = callStep(builder, step, {
    input: toDefinition(input),
    // The next look has the same input again.
    output: '{% $states.input %}',
    assign: { [variable]: STEP_VALUE },
  });
  return poll(builder, look, {
    ...times,
    what: `step '${step.name}'`,
    isDone: `$${variable}.done`,
    value: `$${variable}`,
  });
}

/** Sends a task under a key of its own, and looks at its run until that has ended. */
export function pollTask(builder: StateBuilder, { task, payload, ...times }: TaskNode): Segment {
  const taskRunId = builder.newVariable('taskRunId');
  const answer = builder.newVariable('look');
  const send = callFunction(builder, {
    name: `Send ${task.name}`,
    event: {
      kind: 'sendTask',
      runId: RUN_ID,
      state: `{% ${stateInItem(builder)} %}`,
      task: task.name,
      payload: toDefinition(payload),
    },
    output: '{% $states.input %}',
    assign: { [taskRunId]: '{% $states.result.Payload.taskRunId %}' },
    retry: OWN_RETRY,
  });
  const look = callFunction(builder, {
    name: `Look at ${task.name}`,
    event: { kind: 'lookAtTask', taskRunId: `{% $${taskRunId} %}` },
    output: '{% $states.input %}',
    assign: { [answer]: '{% $states.result.Payload %}' },
    retry: OWN_RETRY,
  });
  const looking = poll(builder, look, {
    ...times,
    what: `task '${task.name}'`,
    isDone: `$${answer}.done`,
    value: `$${answer}.value`,
  });
  const segment = inOrder([single(send), looking]);
  if (segment === undefined) throw new Error('a sent task is looked at');
  return segment;
}

/** The name of the state at work, and which of the items of the maps around it: the iterations of a map share the name. */
function stateInItem({ itemIndexes }: StateBuilder): string {
  return ['$states.context.State.Name', ...itemIndexes.map(index => `'[' & $string($${index}) & ']'`)].join(
    ' & ',
  );
}

interface Polling {
  readonly what: string;
  readonly everySeconds: number;
  readonly timeoutSeconds: number;
  /** Expressions. */
  readonly isDone: string;
  readonly value: string;
}

function poll(builder: StateBuilder, look: TaskState, polling: Polling): Segment {
  const { scope, newId } = builder;
  const { what, everySeconds, timeoutSeconds, isDone, value } = polling;
  const began = builder.newVariable('began');
  const begin = sfn.Pass.jsonata(scope, newId(`Begin to wait for ${what}`), {
    assign: { [began]: '{% $millis() %}' },
  });
  const choice = sfn.Choice.jsonata(scope, newId(`Is ${what} done?`));
  const done = sfn.Pass.jsonata(scope, newId(`${what} is done`), { outputs: `{% ${value} %}` });
  const late = giveUp(
    builder,
    {
      name: `${what} took too long`,
      error: 'WaitTimeout',
      cause: `${what} was not done within ${timeoutSeconds} s`,
    },
    look,
  );
  const wait = sfn.Wait.jsonata(scope, newId(`Wait for ${what}`), {
    time: sfn.WaitTime.duration(Duration.seconds(everySeconds)),
  });
  begin.next(look).next(choice);
  choice
    .when(sfn.Condition.jsonata(`{% ${isDone} = true %}`), done)
    .when(sfn.Condition.jsonata(`{% $millis() >= ${since(began)} + ${timeoutSeconds * 1000} %}`), late)
    .otherwise(wait);
  wait.next(look);
  return { start: begin, ends: [done] };
}

/** A redrive, days later perhaps, has the whole time again. */
function since(began: string): string {
  const redriven = '$states.context.Execution.RedriveTime';
  return `$max([$${began}, $exists(${redriven}) ? $toMillis(${redriven}) : 0])`;
}
