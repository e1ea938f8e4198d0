import { expect, it, vi } from 'vitest';
import { handle } from '../../lambda/handle.ts';
import { createLog } from '../../lambda/log.ts';
import { BACKOFF_MS, envelopeOf, greet, startCloud } from './consumer-fixture.ts';

it('logs one line for each attempt', async () => {
  // GIVEN a run that waits a second for its first attempt and fails twice
  const cloud = await startCloud();
  const handler = vi.fn(() => {
    cloud.clock.advance(250);
    throw new Error('smtp is down');
  });
  cloud.consume(handle(greet, handler));
  await cloud.send(envelopeOf('run-1'));

  // WHEN
  await cloud.deliverAfter(1000);
  await cloud.deliverAfter(BACKOFF_MS);
  handler.mockImplementation(() => {
    throw new Error('smtp is gone');
  });
  await cloud.deliverAfter(BACKOFF_MS);

  // THEN
  const ids = { runId: 'run-1', task: 'greet', epoch: 0 };
  const failed = {
    level: 'WARN',
    message: 'attempt failed, another follows',
    outcome: 'retrying',
    ...ids,
    durationMs: 250,
  };
  expect(cloud.lines).toMatchObject([
    { ...failed, attempt: 1, waitedMs: 1000, delayMs: BACKOFF_MS, error: { message: 'smtp is down' } },
    { ...failed, attempt: 2 },
    {
      level: 'ERROR',
      message: 'run dead-lettered: attemptsUsedUp',
      outcome: 'deadLettered',
      ...ids,
      attempt: 3,
      error: { message: 'smtp is gone' },
    },
  ]);
});

it('logs a success', async () => {
  const cloud = await startCloud();
  cloud.consume(handle(greet, () => cloud.clock.advance(70)));
  await cloud.send(envelopeOf('run-1'));

  await cloud.deliver();

  expect(cloud.lines).toEqual([
    {
      level: 'INFO',
      message: 'attempt succeeded',
      runId: 'run-1',
      task: 'greet',
      epoch: 0,
      attempt: 1,
      outcome: 'succeeded',
      waitedMs: 0,
      durationMs: 70,
    },
  ]);
});

it('logs neither payloads nor results', async () => {
  const cloud = await startCloud();
  cloud.consume(handle(greet, () => ({ secret: 'of the result' })));
  await cloud.send(envelopeOf('run-1', { payload: { name: 'of the payload' } }));
  await cloud.send(envelopeOf('run-2', { payload: { secret: 'of the payload' } }));

  await cloud.deliver();

  expect(cloud.lines).toHaveLength(2);
  expect(JSON.stringify(cloud.lines)).not.toMatch(/of the (payload|result)/);
});

it('writes a line of JSON with its time to standard output', () => {
  const written = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  const log = createLog(() => Date.UTC(2030, 0, 1));

  log({ level: 'INFO', message: 'attempt succeeded', runId: 'run-1' });

  const output = written.mock.calls.map(([text]) => text);
  written.mockRestore();
  expect(output).toEqual([
    '{"timestamp":"2030-01-01T00:00:00.000Z","level":"INFO","message":"attempt succeeded","runId":"run-1"}\n',
  ]);
});
