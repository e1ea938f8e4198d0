import { expect, it } from 'vitest';
import { greet, intercept } from './cloud-fixture.ts';
import { AN_ERROR, envelopeFor, letterBody, startDeadLetterCloud } from './dead-letter-fixture.ts';

it('shows our letters, what SQS moved, and what nobody can read', async () => {
  const { client, sendLetters } = await startDeadLetterCloud();
  const foreign = '{"task":"greet","id":"signup-1","payload":{"name":"Eve"}}';
  await sendLetters(letterBody('ours'), JSON.stringify(envelopeFor('moved')), foreign, 'no JSON');

  const messages = await client.readDeadLetterQueue(greet);

  const [, , , malformed] = messages;
  expect(messages).toMatchObject([
    { runId: 'ours', epoch: 1, task: 'greet', payload: { name: 'Ada' }, reason: { error: AN_ERROR } },
    { runId: 'moved', epoch: 0, payload: { name: 'Ada' } },
    { task: 'greet', payload: { name: 'Eve' }, body: foreign },
    { task: '(malformed)', malformed: expect.stringContaining('not JSON'), body: 'no JSON' },
  ]);
  expect(messages.slice(1).every(message => !('reason' in message))).toBe(true);
  expect(malformed?.runId).toBe(malformed?.messageId);
});

it('leaves every message visible, and answers no more than its limit', async () => {
  const { client, sendLetters, letterCounts } = await startDeadLetterCloud();
  await sendLetters(...Array.from({ length: 25 }, (_, index) => letterBody(`run-${index}`)));

  expect(await client.readDeadLetterQueue(greet, { limit: 15 })).toHaveLength(15);
  expect(await client.readDeadLetterQueue(greet)).toHaveLength(25);

  expect(letterCounts()).toMatchObject({ visible: 25, inFlight: 0 });
});

it('warns when messages stay hidden, and answers all the same', async () => {
  const { clientOf, queue, sqs, sendLetters, letterCounts, clock } = await startDeadLetterCloud();
  await sendLetters(letterBody('run'));
  intercept(sqs, (command, next) => {
    if (command === 'ChangeMessageVisibilityBatchCommand') throw new Error('throttled');
    return next();
  });
  const warnings: Error[] = [];
  const client = clientOf([queue], { onWarning: warning => warnings.push(warning) });

  expect(await client.readDeadLetterQueue(greet)).toHaveLength(1);

  expect(warnings).toMatchObject([{ message: expect.stringContaining('stay hidden for up to 600 s') }]);
  expect(letterCounts()).toMatchObject({ visible: 0, inFlight: 1 });
  clock.advance(600_000);
  expect(letterCounts()).toMatchObject({ visible: 1, inFlight: 0 });
});

it.each([0, 1001])('fails when the limit is %d', async limit => {
  const { client } = await startDeadLetterCloud();

  await expect(client.readDeadLetterQueue(greet, { limit })).rejects.toThrow('from 1 to 1000');
});
