import {
  RedriveExecutionCommand,
  SendTaskFailureCommand,
  SendTaskSuccessCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FUNCTION, named, startStepFunctions } from './start-step-functions.ts';

/**
 * An execution ends once in each of its lives, whatever fails, times out, is stopped or redriven in whatever moment.
 * https://docs.aws.amazon.com/step-functions/latest/dg/concepts-standard-vs-express.html: exactly-once workflow
 * execution; https://docs.aws.amazon.com/step-functions/latest/dg/redrive-executions.html
 */

/** Part of a machine, by which its states are made. */
type Part =
  | { readonly kind: 'task'; readonly retries: number; readonly caught: boolean }
  | { readonly kind: 'token'; readonly timeoutSeconds: number; readonly caught: boolean }
  | { readonly kind: 'wait'; readonly seconds: number }
  | { readonly kind: 'parallel' | 'map'; readonly inner: readonly Part[] };

const anyPart = fc.letrec<{ part: Part }>(tie => ({
  part: fc.oneof(
    { maxDepth: 2, withCrossShrink: true },
    fc.record({
      kind: fc.constant('task' as const),
      retries: fc.integer({ min: 0, max: 2 }),
      caught: fc.boolean(),
    }),
    fc.record({
      kind: fc.constant('token' as const),
      timeoutSeconds: fc.integer({ min: 1, max: 40 }),
      caught: fc.boolean(),
    }),
    fc.record({ kind: fc.constant('wait' as const), seconds: fc.integer({ min: 1, max: 30 }) }),
    fc.record({
      kind: fc.constantFrom('parallel' as const, 'map' as const),
      inner: fc.array(tie('part'), { minLength: 1, maxLength: 2 }),
    }),
  ),
})).part;

const EVENTS = ['stop', 'redrive', 'succeed', 'fail'] as const;
const anyMachine = fc.record({
  parts: fc.array(anyPart, { minLength: 1, maxLength: 3 }),
  timeoutSeconds: fc.option(fc.integer({ min: 1, max: 60 }), { nil: undefined }),
  /** Of the function's calls, in their order. */
  failures: fc.array(fc.constantFrom('Broken', 'throttled', undefined), { maxLength: 12 }),
  events: fc.array(
    fc.record({ afterSeconds: fc.integer({ min: 0, max: 20 }), kind: fc.constantFrom(...EVENTS) }),
    {
      maxLength: 8,
    },
  ),
});

let names = 0;

function machineOf(parts: readonly Part[]): { StartAt: string; States: Record<string, object> } {
  const caughtIn = `caught ${++names}`;
  const stateNames = parts.map(({ kind }) => `${kind} ${++names}`);
  const states = parts.map((part, index) => {
    const next = stateNames[index + 1];
    const whatFollows = next === undefined ? { End: true } : { Next: next };
    return [stateNames[index], { ...stateOf(part, caughtIn), ...whatFollows }] as const;
  });
  const catches = parts.some(part => 'caught' in part && part.caught);
  return {
    StartAt: stateNames[0] ?? '',
    States: {
      ...Object.fromEntries(states),
      ...(catches && { [caughtIn]: { Type: 'Pass', End: true } }),
    },
  };
}

function stateOf(part: Part, caughtIn: string): object {
  switch (part.kind) {
    case 'wait':
      return { Type: 'Wait', Seconds: part.seconds };
    case 'parallel':
      return { Type: 'Parallel', Branches: [machineOf(part.inner), machineOf(part.inner)] };
    case 'map':
      return { Type: 'Map', Items: [1, 2, 3], MaxConcurrency: 2, ItemProcessor: machineOf(part.inner) };
    default:
      return {
        Type: 'Task',
        ...(part.kind === 'task' ? callOf(part.retries) : waitOf(part.timeoutSeconds)),
        ...(part.caught && { Catch: [{ ErrorEquals: ['States.ALL'], Next: caughtIn }] }),
      };
  }
}

function callOf(retries: number): object {
  return {
    Resource: 'arn:aws:states:::lambda:invoke',
    Arguments: { FunctionName: `${FUNCTION}flaky`, Payload: {} },
    ...(retries > 0 && {
      Retry: [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 3, MaxAttempts: retries }],
    }),
  };
}

function waitOf(TimeoutSeconds: number): object {
  return {
    Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
    Arguments: { FunctionName: `${FUNCTION}keep`, Payload: '{% $states.context.Task.Token %}' },
    TimeoutSeconds,
  };
}

const ENDS = ['ExecutionSucceeded', 'ExecutionFailed', 'ExecutionAborted', 'ExecutionTimedOut'];

test('an execution has one end in each of its lives, and it is the last thing of it', async () => {
  let failures: (string | undefined)[] = [];
  const tokens: string[] = [];
  const fixture = await startStepFunctions({
    flaky() {
      const failure = failures.shift();
      if (failure === 'throttled') throw failure;
      if (failure !== undefined) throw named(failure);
      return 'done';
    },
    keep: (token: string) => void tokens.push(token),
  });
  const { sfn, clock, statuses, start, settle, advance, describe, history } = fixture;
  const commands = {
    stop: (executionArn: string) => new StopExecutionCommand({ executionArn }),
    redrive: (executionArn: string) => new RedriveExecutionCommand({ executionArn }),
    succeed: () => new SendTaskSuccessCommand({ taskToken: tokens.at(-1), output: '"told"' }),
    fail: () => new SendTaskFailureCommand({ taskToken: tokens.at(-1), error: 'Told' }),
  };
  const seen = new Set<string>();

  await fc.assert(
    fc.asyncProperty(anyMachine, async machine => {
      statuses.length = 0;
      tokens.length = 0;
      failures = [...machine.failures];
      const { timeoutSeconds: TimeoutSeconds } = machine;
      const arn = await start({ ...machineOf(machine.parts), ...(TimeoutSeconds && { TimeoutSeconds }) });
      for (const { kind, afterSeconds } of machine.events) {
        await advance(afterSeconds * 1000);
        if ((kind === 'succeed' || kind === 'fail') && tokens.length === 0) continue;
        // Refused where it comes too late, or too early.
        await Reflect.apply(sfn.send, sfn, [commands[kind](arn)]).catch((error: Error) => {
          expect(error.name).toMatch(/^(ExecutionNotRedrivable|TaskTimedOut)$/);
        });
        await settle();
      }
      while ((await describe(arn)).status === 'RUNNING') {
        await settle();
        if (clock.timers() > 0) clock.advanceToNext();
      }

      const types = (await history(arn)).map(({ type }) => type ?? '');
      const lives = types
        .join(' ')
        .split(' ExecutionRedriven')
        .map(life => life.split(' '));
      for (const life of lives) {
        expect(life.filter(type => ENDS.includes(type))).toEqual(life.slice(-1));
        seen.add(life.at(-1) ?? '');
      }
      expect(statuses.filter(status => status !== 'RUNNING')).toHaveLength(lives.length);
      expect(statuses).toHaveLength(2 * lives.length);
      if (lives.length > 1) seen.add('ExecutionRedriven');
    }),
    { numRuns: 150 },
  );
  expect([...seen].sort()).toEqual([...ENDS, 'ExecutionRedriven'].sort());
});
