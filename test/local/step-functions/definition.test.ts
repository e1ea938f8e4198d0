import { expect, test } from 'vitest';
import {
  DefinitionError,
  parseDefinition,
} from '../../../local/step-functions/definition/parse-definition.ts';

const end = { Type: 'Pass', End: true };
const one = (state: object) => ({
  QueryLanguage: 'JSONata',
  StartAt: 'A',
  States: { A: { End: true, ...state } },
});
const task = (state: object) => one({ Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke', ...state });

function problemsOf(definition: unknown): readonly string[] {
  try {
    parseDefinition(typeof definition === 'string' ? definition : JSON.stringify(definition));
    return [];
  } catch (error) {
    if (error instanceof DefinitionError) return error.problems;
    throw error;
  }
}

// https://states-language.net/
test.each([
  ['no JSON', '{', 'the definition is not JSON'],
  ['a list', [], 'must be a JSON object'],
  ['JSONPath by default', { StartAt: 'A', States: { A: end } }, 'state A has the query language JSONPath'],
  [
    'JSONPath of one state',
    { QueryLanguage: 'JSONata', StartAt: 'A', States: { A: { ...end, QueryLanguage: 'JSONPath' } } },
    'state A has the query language JSONPath',
  ],
  ['a JSONPath field', one({ Type: 'Pass', ResultPath: '$.x' }), 'state A: ResultPath belongs to JSONPath'],
  [
    'Result, which the validator lets through',
    one({ Type: 'Pass', Result: 1 }),
    'state A: Result belongs to JSONPath',
  ],
  ['an unknown type', one({ Type: 'Loop' }), 'state A has the type "Loop"'],
  ['an unknown field', task({ Credentials: {} }), 'state A: Credentials of Task states is not supported'],
  [
    'a field of the machine',
    { ...one(end), Timeout: 1 },
    'the field Timeout of a state machine is not supported',
  ],
  ['an activity', task({ Resource: 'arn:aws:states:eu-west-1:1:activity:x' }), 'activity:x is not supported'],
  [
    'a service',
    task({ Resource: 'arn:aws:states:::ecs:runTask' }),
    'arn:aws:states:::ecs:runTask is not supported',
  ],
  [
    'a pattern',
    task({ Resource: 'arn:aws:states:::aws-sdk:sfn:startExecution.sync:2' }),
    'the integration pattern .sync:2',
  ],
  ['an expression that does not parse', task({ Arguments: { x: '{% 1 + %}' } }), 'is no JSONata expression'],
  ['half an expression', task({ Arguments: '{% $x' }), 'must begin with {% and end with %}'],
  [
    'States.ALL beside others',
    task({ Retry: [{ ErrorEquals: ['X', 'States.ALL'] }] }),
    'States.ALL must be alone in its ErrorEquals, and in the last entry of Retry',
  ],
  [
    'States.ALL before others',
    task({ Retry: [{ ErrorEquals: ['States.ALL'] }, { ErrorEquals: ['X'] }] }),
    'in the last entry of Retry',
  ],
  [
    'a distributed map',
    one({
      Type: 'Map',
      ItemProcessor: { ProcessorConfig: { Mode: 'DISTRIBUTED' }, StartAt: 'B', States: { B: end } },
    }),
    'state A: a map of mode DISTRIBUTED is not supported',
  ],
  [
    'what is inside of a branch',
    one({ Type: 'Parallel', Branches: [{ StartAt: 'B', States: { B: { ...end, Result: 1 } } }] }),
    'state B: Result belongs to JSONPath',
  ],
  [
    'a variable that is assigned around',
    one({
      Type: 'Map',
      Assign: { x: 1 },
      ItemProcessor: { StartAt: 'B', States: { B: { ...end, Assign: { x: 2 } } } },
    }),
    "state B: the variable 'x' is assigned around this Parallel or Map, too",
  ],
  [
    'a variable that a catcher assigns around',
    one({
      Type: 'Parallel',
      Branches: [{ StartAt: 'B', States: { B: { ...end, Assign: { x: 2 } } } }],
      Catch: [{ ErrorEquals: ['X'], Next: 'A', Assign: { x: 1 } }],
    }),
    "state B: the variable 'x' is assigned around this Parallel or Map, too",
  ],
  ['a variable named states', one({ ...end, Assign: { states: 1 } }), "'states' is Step Functions' own"],
  ['a variable that is no identifier', one({ ...end, Assign: { 'a-b': 1 } }), "got 'a-b' of 3"],
  ['a variable of 81 characters', one({ ...end, Assign: { [`x${'y'.repeat(80)}`]: 1 } }), 'of 81'],
  [
    'a state whose name has 81 characters',
    { QueryLanguage: 'JSONata', StartAt: 'A'.repeat(81), States: { ['A'.repeat(81)]: end } },
    "a state's name must have at most 80 characters, got 81",
  ],
  ['a next state that is not there', one({ Type: 'Pass', End: undefined, Next: 'Z' }), 'Z'],
  [
    'a state without a way on',
    { QueryLanguage: 'JSONata', StartAt: 'A', States: { A: { Type: 'Pass' } } },
    'exactly one of "End", "Next"',
  ],
])('refuses %s', (_what, definition, message) => {
  expect(problemsOf(definition).join('\n')).toContain(message);
});

test('names every state that is wrong', () => {
  const States = {
    A: { Type: 'Pass', Result: 1, Next: 'B' },
    B: { Type: 'Pass', Parameters: {}, End: true },
  };
  expect(problemsOf({ QueryLanguage: 'JSONata', StartAt: 'A', States })).toHaveLength(2);
});

test('takes one variable in branches side by side', () => {
  const branch = { StartAt: 'B', States: { B: { ...end, Assign: { x: 2 } } } };
  const other = { StartAt: 'C', States: { C: { ...end, Assign: { x: 3 } } } };
  expect(problemsOf(one({ Type: 'Parallel', Branches: [branch, other] }))).toEqual([]);
});

test('takes a state of each type', () => {
  const States = {
    P: { Type: 'Pass', Output: 'a plain string', Next: 'T' },
    T: {
      Type: 'Task',
      Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
      Arguments: { FunctionName: 'f', Payload: { token: '{% $states.context.Task.Token %}' } },
      TimeoutSeconds: 60,
      HeartbeatSeconds: '{% $states.input.beat %}',
      Retry: [
        { ErrorEquals: ['X'], MaxDelaySeconds: 5, JitterStrategy: 'FULL' },
        { ErrorEquals: ['States.ALL'] },
      ],
      Catch: [{ ErrorEquals: ['States.ALL'], Next: 'F', Output: '{% $states.errorOutput %}' }],
      Assign: { x: 1 },
      Next: 'W',
    },
    W: { Type: 'Wait', Seconds: 5, Next: 'C' },
    C: { Type: 'Choice', Choices: [{ Condition: '{% $x = 1 %}', Next: 'M' }], Default: 'S' },
    M: { Type: 'Map', Items: '{% [1] %}', ItemProcessor: { StartAt: 'I', States: { I: end } }, Next: 'L' },
    L: { Type: 'Parallel', Branches: [{ StartAt: 'J', States: { J: end } }], Next: 'S' },
    S: { Type: 'Succeed', Output: {} },
    F: { Type: 'Fail', Error: 'E', Cause: '{% "why" %}' },
  };
  expect(problemsOf({ QueryLanguage: 'JSONata', StartAt: 'P', TimeoutSeconds: 60, States })).toEqual([]);
});
