import { expect, test } from 'vitest';
import { startStepFunctions } from './start-step-functions.ts';

// https://docs.aws.amazon.com/step-functions/latest/dg/state-wait.html

const waiting = (wait: object) => ({
  StartAt: 'A',
  States: { A: { Type: 'Wait', ...wait, End: true } },
});

test('waits its seconds, to the millisecond', async () => {
  const { start, settle, advance, describe } = await startStepFunctions();
  const arn = await start(waiting({ Seconds: 90 }));
  await settle();
  await advance(89_999);
  expect((await describe(arn)).status).toBe('RUNNING');
  await advance(1);
  expect(await describe(arn)).toMatchObject({
    status: 'SUCCEEDED',
    stopDate: new Date('2030-01-01T00:01:30Z'),
  });
});

test('waits for seconds that an expression computes', async () => {
  const { run, clock } = await startStepFunctions();
  await run(waiting({ Seconds: '{% $states.input.minutes * 60 %}' }), { minutes: 5 });
  expect(new Date(clock.now()).toISOString()).toBe('2030-01-01T00:05:00.000Z');
});

test('waits until a timestamp, a year away', async () => {
  const { run, clock } = await startStepFunctions();
  await run(waiting({ Timestamp: '{% $states.input.at %}' }), { at: '2030-12-31T12:00:00+01:00' });
  expect(new Date(clock.now()).toISOString()).toBe('2030-12-31T11:00:00.000Z');
});

test('a timestamp that is past waits not at all', async () => {
  const { run, clock } = await startStepFunctions();
  expect((await run(waiting({ Timestamp: '2020-01-01T00:00:00Z' }))).status).toBe('SUCCEEDED');
  expect(clock.now()).toBe(Date.UTC(2030, 0, 1));
});

test.each([
  [{ Seconds: '{% -1 %}' }, 'from 0 to 99999999, got -1'],
  [{ Seconds: '{% "10" %}' }, 'got "10"'],
  [{ Timestamp: '{% "tomorrow" %}' }, 'got "tomorrow"'],
])('fails on %j', async (wait, message) => {
  const { run } = await startStepFunctions();
  const { error, cause } = await run(waiting(wait));
  expect(error).toBe('States.QueryEvaluationError');
  expect(cause).toContain(message);
});

test('the output of a Wait is its input', async () => {
  const { run } = await startStepFunctions();
  expect((await run(waiting({ Seconds: 1 }), { kept: true })).output).toEqual({ kept: true });
});
