import { describe, expect, it } from 'vitest';
import { historyAfter, MAX_PAST_LIVES, toPastLives } from '../../contract/run-history.ts';
import type { RunItem } from '../../contract/run-item.ts';

const given: RunItem = {
  runId: 'run-1',
  task: 'greet',
  status: 'deadLettered',
  epoch: 0,
  attempt: 3,
  createdAt: 0,
  finishedAt: 5000,
  cause: 'attemptsUsedUp',
  error: JSON.stringify({ name: 'SmtpError', message: 'mailbox full', stack: 'at …' }),
};
const life = {
  epoch: 0,
  attempts: 3,
  cause: 'attemptsUsedUp',
  error: { name: 'SmtpError', message: 'mailbox full' },
  finishedAt: new Date(5000),
};

describe("a redriven run's history", () => {
  it('tells how the life before ended, its error without the stack', () => {
    expect(toPastLives(historyAfter(given))).toEqual([life]);
  });

  it('tells of a life that SQS ended before the consumer did', () => {
    const { cause: _, finishedAt: __, ...item } = given;
    expect(toPastLives(historyAfter({ ...item, status: 'retrying' }))).toEqual([
      { epoch: 0, attempts: 3, error: life.error },
    ]);
  });

  it('keeps the latest lives, oldest first', () => {
    let item = given;
    for (let epoch = 0; epoch <= MAX_PAST_LIVES; epoch++)
      item = { ...item, epoch, history: historyAfter({ ...item, epoch }) };

    const epochs = toPastLives(item.history ?? '').map(({ epoch }) => epoch);

    expect(epochs).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  it.each(['', '{', '7', '{}', '[null]', '[{"epoch":"1"}]'])('passes over what is none: %j', history => {
    expect(toPastLives(history)).toEqual([]);
    expect(toPastLives(historyAfter({ ...given, history }))).toEqual([life]);
  });

  it.each(['', 'null', '{"name":1}'])('goes without an error that cannot be read: %j', error => {
    expect(toPastLives(historyAfter({ ...given, error }))[0]).not.toHaveProperty('error');
  });
});
