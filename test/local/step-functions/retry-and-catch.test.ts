import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Retrier } from '../../../local/step-functions/definition/definition.ts';
import { delayMs } from '../../../local/step-functions/execution/retry.ts';
import { matchesError } from '../../../local/step-functions/execution/state-failure.ts';
import { named, startStepFunctions } from './start-step-functions.ts';

// https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html

const failing = (state: object, after: object = {}) => ({
  StartAt: 'A',
  States: {
    A: {
      Type: 'Task',
      Resource: 'arn:aws:states:::lambda:invoke',
      Arguments: { FunctionName: 'fn' },
      End: true,
      ...state,
    },
    ...after,
  },
});

/** Fails so often, each time at a time that is noted. */
async function startFailing(times: number, error = 'Broken', random?: () => number) {
  const calledAt: number[] = [];
  const fn = () => {
    calledAt.push((fixture.clock.now() - Date.UTC(2030, 0, 1)) / 1000);
    if (calledAt.length <= times) throw named(error);
    return 'fine';
  };
  const fixture = await startStepFunctions({ fn }, random && { random });
  return { ...fixture, calledAt };
}

describe('Retry', () => {
  test('has defaults: three retries, after 1, 2 and 4 seconds', async () => {
    const { run, calledAt } = await startFailing(4);
    const { status } = await run(failing({ Retry: [{ ErrorEquals: ['Broken'] }] }));
    expect(status).toBe('FAILED');
    expect(calledAt).toEqual([0, 1, 3, 7]);
  });

  test('goes on when an attempt succeeds', async () => {
    const { run, calledAt } = await startFailing(2);
    const { status } = await run(failing({ Retry: [{ ErrorEquals: ['Broken'], IntervalSeconds: 5 }] }));
    expect(status).toBe('SUCCEEDED');
    expect(calledAt).toEqual([0, 5, 15]);
  });

  test('MaxDelaySeconds bounds the delay', async () => {
    const { run, calledAt } = await startFailing(9);
    const retrier = {
      ErrorEquals: ['Broken'],
      IntervalSeconds: 1,
      BackoffRate: 10,
      MaxDelaySeconds: 30,
      MaxAttempts: 4,
    };
    await run(failing({ Retry: [retrier] }));
    expect(calledAt).toEqual([0, 1, 11, 41, 71]);
  });

  test.each([
    ['FULL', [0, 1, 5, 11]],
    ['NONE', [0, 4, 12, 28]],
  ])('with a JitterStrategy of %s each delay is drawn anew, or is whole', async (JitterStrategy, expected) => {
    const drawn = [0.25, 0.5, 0.375];
    const { run, calledAt } = await startFailing(3, 'Broken', () => drawn.shift() ?? 1);
    const { status } = await run(
      failing({ Retry: [{ ErrorEquals: ['Broken'], IntervalSeconds: 4, JitterStrategy }] }),
    );
    expect(status).toBe('SUCCEEDED');
    expect(calledAt).toEqual(expected);
  });

  test('each entry counts its own retries, and the first that matches counts', async () => {
    const errors = ['A', 'B', 'A', 'B', 'A'];
    const fixture = await startStepFunctions({
      fn: () => {
        throw named(errors.shift() ?? 'none');
      },
    });
    const Retry = [
      { ErrorEquals: ['A'], MaxAttempts: 2 },
      { ErrorEquals: ['B'], MaxAttempts: 5 },
    ];
    const { error } = await fixture.run(failing({ Retry }));
    expect(error).toBe('A');
    expect(errors).toEqual([]);
  });

  test('MaxAttempts 0 never retries', async () => {
    const { run, calledAt } = await startFailing(1);
    const Retry = [{ ErrorEquals: ['Broken'], MaxAttempts: 0 }, { ErrorEquals: ['States.ALL'] }];
    await run(failing({ Retry }));
    expect(calledAt).toEqual([0]);
  });

  test('$states.context.State.RetryCount counts', async () => {
    const seen: unknown[] = [];
    const { run } = await startStepFunctions({
      fn: (event: { count: number }) => {
        seen.push(event.count);
        throw named('Broken');
      },
    });
    const Arguments = { FunctionName: 'fn', Payload: { count: '{% $states.context.State.RetryCount %}' } };
    await run(failing({ Arguments, Retry: [{ ErrorEquals: ['Broken'], MaxAttempts: 2 }] }));
    expect(seen).toEqual([0, 1, 2]);
  });

  test('a delay is IntervalSeconds × BackoffRate ^ retries, bounded, and with jitter anything up to that', () => {
    const retriers = fc.record({
      ErrorEquals: fc.constant(['X']),
      IntervalSeconds: fc.integer({ min: 1, max: 1000 }),
      BackoffRate: fc.double({ min: 1, max: 10, noNaN: true }),
      MaxDelaySeconds: fc.integer({ min: 1, max: 100_000 }),
      JitterStrategy: fc.constantFrom('FULL' as const, 'NONE' as const),
    });
    const fraction = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(retriers, fc.integer({ min: 0, max: 20 }), fraction, (retrier: Retrier, done, random) => {
        const { IntervalSeconds = 0, BackoffRate = 0, MaxDelaySeconds = 0 } = retrier;
        const whole = Math.min(IntervalSeconds * BackoffRate ** done, MaxDelaySeconds) * 1000;
        const delay = delayMs(retrier, done, () => random);
        if (retrier.JitterStrategy === 'NONE') expect(delay).toBe(whole);
        else expect(delay).toBeCloseTo(whole * random, 6);
      }),
    );
  });
});

describe('Catch', () => {
  const After = { After: { Type: 'Pass', End: true } };

  test('goes on with the error as the input', async () => {
    const { run } = await startFailing(1);
    const { output } = await run(failing({ Catch: [{ ErrorEquals: ['Broken'], Next: 'After' }] }, After));
    expect(output).toMatchObject({ Error: 'Broken' });
  });

  test('its Output and Assign see $states.errorOutput and the input of the state', async () => {
    const { run } = await startFailing(1);
    const catcher = {
      ErrorEquals: ['States.ALL'],
      Next: 'After',
      Assign: { why: '{% $states.errorOutput.Error %}' },
      Output: '{% $states.input %}',
    };
    const after = {
      After: { Type: 'Pass', Output: { in: '{% $states.input %}', why: '{% $why %}' }, End: true },
    };
    const { output } = await run(failing({ Catch: [catcher] }, after), { id: 7 });
    expect(output).toEqual({ in: { id: 7 }, why: 'Broken' });
  });

  test('comes after the retries', async () => {
    const { run, calledAt } = await startFailing(9);
    const state = {
      Retry: [{ ErrorEquals: ['Broken'], MaxAttempts: 1 }],
      Catch: [{ ErrorEquals: ['Broken'], Next: 'After' }],
    };
    expect((await run(failing(state, After))).status).toBe('SUCCEEDED');
    expect(calledAt).toEqual([0, 1]);
  });

  test('catches what its own state cannot evaluate', async () => {
    const { run } = await startStepFunctions({ fn: () => 'x' });
    const state = {
      Output: '{% $states.result.none %}',
      Catch: [{ ErrorEquals: ['States.QueryEvaluationError'], Next: 'After' }],
    };
    expect((await run(failing(state, After))).output).toMatchObject({ Error: 'States.QueryEvaluationError' });
  });
});

test.each([
  ['States.ALL', 'Anything', true],
  ['States.ALL', 'States.Timeout', true],
  ['States.ALL', 'States.DataLimitExceeded', false],
  ['States.ALL', 'States.Runtime', false],
  ['States.DataLimitExceeded', 'States.DataLimitExceeded', true],
  ['States.TaskFailed', 'Anything', true],
  ['States.TaskFailed', 'States.Timeout', false],
  ['States.Timeout', 'States.HeartbeatTimeout', true],
  ['States.HeartbeatTimeout', 'States.Timeout', false],
  ['Broken', 'broken', false],
])('%s for %s: %s', (pattern, error, expected) => {
  expect(matchesError(pattern, error)).toBe(expected);
});
