import { Aws, Duration } from 'aws-cdk-lib';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { toDefinition } from '../../contract/workflow/expression.ts';
import type { WaitNode } from '../../contract/workflow/flow-node.ts';
import type { Segment, StateBuilder } from './state-builder.ts';
import { TaskState } from './task-state.ts';

/** An execution is named after its run. */
export const RUN_ID = '{% $states.context.Execution.Name %}';

/** Says that the run waits and until when, in the run's item, then waits: two transitions, and no function. */
export function waitFor(builder: StateBuilder, { seconds, until }: WaitNode): Segment {
  const { scope, newId } = builder;
  const at = until === undefined ? `$millis() + ${(seconds ?? 0) * 1000}` : `$toMillis(${inner(until)})`;
  const wait = sfn.Wait.jsonata(scope, newId('Wait'), {
    time:
      until === undefined
        ? sfn.WaitTime.duration(Duration.seconds(seconds ?? 0))
        : sfn.WaitTime.timestamp(String(toDefinition(until))),
  });
  const tell = tellWaiting(builder, at);
  tell.next(wait);
  // A run that has ended is no reason to wait, but for the state machine to say so by itself.
  tell.addCatch(wait, { errors: ['States.ALL'] });
  return { start: tell, ends: [wait] };
}

function tellWaiting({ scope, newId, table }: StateBuilder, until: string): TaskState {
  return new TaskState(scope, newId('Say that it waits'), {
    stateJson: {
      Type: 'Task',
      QueryLanguage: 'JSONata',
      Resource: `arn:${Aws.PARTITION}:states:::dynamodb:updateItem`,
      Arguments: {
        TableName: table.tableName,
        Key: { runId: { S: RUN_ID } },
        UpdateExpression: 'SET #status = :waiting, waitsUntil = :until, updatedAt = :now REMOVE waitingFor',
        ConditionExpression: '#status IN (:queued, :running, :waiting)',
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: {
          ':waiting': { S: 'waiting' },
          ':queued': { S: 'queued' },
          ':running': { S: 'running' },
          ':until': { N: `{% $string(${until}) %}` },
          ':now': { N: '{% $string($millis()) %}' },
        },
      },
      TimeoutSeconds: 60,
      Output: '{% $states.input %}',
    },
  });
}

function inner(template: unknown): string {
  const text = toDefinition(template);
  return typeof text === 'string' && text.startsWith('{%') ? text.slice(2, -2) : JSON.stringify(text);
}
