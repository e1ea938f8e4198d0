import { describe, expect, it } from 'vitest';
import type { DeadLetterFilter } from '../../client/dead-letter-filter.ts';
import { errorFingerprint } from '../../contract/error-fingerprint.ts';
import { envelopeOf, greet, intercept, START_MS } from './cloud-fixture.ts';
import {
  AN_ERROR,
  envelopeFor,
  givenUpItem,
  letterBody,
  reasonOf,
  startDeadLetterCloud,
} from './dead-letter-fixture.ts';

const idsOf = (count: number) => Array.from({ length: count }, (_, index) => `run-${index}`);
const NONE = { redriven: 0, stale: 0, skipped: 0, failed: 0 };
const EMPTY = { visible: 0, inFlight: 0 };

describe('a redrive of all dead letters', () => {
  it('runs each once in its next life, and empties the queue', async () => {
    const { client, giveUp, deliver, handler, rows, letterCounts } = await startDeadLetterCloud();
    await giveUp(idsOf(25));

    expect(await client.redriveAll()).toEqual({ ...NONE, redriven: 25 });

    expect(letterCounts()).toMatchObject(EMPTY);
    await deliver();
    expect(handler).toHaveBeenCalledTimes(25);
    expect((await rows()).every(({ status, epoch }) => status === 'succeeded' && epoch === 1)).toBe(true);
  });

  it('sends the envelope of the letter, in its epoch, without the reason', async () => {
    const { client, giveUp, messages, queue } = await startDeadLetterCloud();
    await giveUp(['run'], { epoch: 2 });

    await client.redriveAll();

    const sent = messages(queue);
    expect(sent.map(envelopeOf)).toEqual([envelopeFor('run', { epoch: 3 })]);
    expect(sent.map(reasonOf)).toEqual([undefined]);
  });

  const other = { name: 'CardError', message: 'card 1 declined' };
  it.each<[string, DeadLetterFilter, string[]]>([
    ['task', { task: { name: 'other' } }, ['other']],
    ['cause', { cause: 'expired' }, ['expired']],
    ['native', { cause: 'native' }, ['moved']],
    ['text', { text: 'CARD' }, ['declined']],
    ['time', { from: new Date(START_MS - 1000), to: new Date(START_MS - 1000) }, ['expired']],
    [
      'error',
      { error: errorFingerprint({ task: 'greet', cause: 'attemptsUsedUp', error: other }) },
      ['declined'],
    ],
  ])('by %s leaves the others where they lay', async (_, filter, expected) => {
    const cloud = await startDeadLetterCloud({ tasks: [greet.name, 'other'] });
    const { client, giveUp, sendLetters, messages, queue, letterCounts } = cloud;
    await giveUp(['plain']);
    await giveUp(['other'], { task: 'other' });
    await giveUp(['expired'], { cause: 'expired', atMs: START_MS - 1000 });
    await giveUp(['declined'], { error: { ...other, message: 'card 2 declined' } });
    await sendLetters(JSON.stringify(envelopeFor('moved')));

    const counts = await client.redriveAll(filter);

    expect(counts).toEqual({ ...NONE, redriven: 1, skipped: 4 });
    expect(messages(queue).map(message => envelopeOf(message).runId)).toEqual(expected);
    expect(letterCounts()).toMatchObject({ visible: 4, inFlight: 0 });
  });

  it('leaves a run alone that it redrove and that has failed again meanwhile', async () => {
    const { client, sqs, giveUp, letterCounts } = await startDeadLetterCloud();
    await giveUp(['poison']);
    let failedAgain = false;
    intercept(sqs, async (command, next) => {
      const answer = await next();
      if (command === 'SendMessageBatchCommand' && !failedAgain) {
        failedAgain = true;
        await giveUp(['poison'], { epoch: 1 });
      }
      return answer;
    });

    expect(await client.redriveAll()).toEqual({ ...NONE, redriven: 1, skipped: 1 });

    expect(letterCounts()).toMatchObject({ visible: 1, inFlight: 0 });
  });

  it('ends at its limit', async () => {
    const { client, giveUp, messages, queue, letterCounts } = await startDeadLetterCloud();
    await giveUp(idsOf(30));

    expect(await client.redriveAll({}, { limit: 12 })).toEqual({ ...NONE, redriven: 12 });

    expect(messages(queue)).toHaveLength(12);
    expect(letterCounts()).toMatchObject({ visible: 18, inFlight: 0 });
  });

  it('changes nothing in a dry run', async () => {
    const { client, giveUp, putRow, messages, queue, letterCounts, rows } = await startDeadLetterCloud();
    await giveUp([...idsOf(12), 'stale']);
    await putRow({ ...givenUpItem('stale'), status: 'succeeded' });
    const before = await rows();

    expect(await client.redriveAll({}, { dryRun: true })).toEqual({ ...NONE, redriven: 12, stale: 1 });

    expect(messages(queue)).toEqual([]);
    expect(letterCounts()).toMatchObject({ visible: 13, inFlight: 0 });
    expect(await rows()).toEqual(before);
  });

  it.each([
    [4, 5],
    [0.5, 40],
  ])('keeps to %d letters a second', async (rate, seconds) => {
    const { client, giveUp, clock, sqs } = await startDeadLetterCloud();
    await giveUp(idsOf(21));
    const sentAt: number[] = [];
    intercept(sqs, (command, next, input) => {
      const { Entries } = input as { Entries?: unknown[] };
      if (command === 'SendMessageBatchCommand') sentAt.push(...(Entries ?? []).map(clock.now));
      return next();
    });

    await client.redriveAll({}, { rate });

    expect(sentAt).toHaveLength(21);
    const perSecond = (fromMs: number) => sentAt.filter(at => at >= fromMs && at < fromMs + 1000).length;
    expect(Math.max(...sentAt.map(perSecond))).toBe(Math.ceil(rate));
    expect(((sentAt.at(-1) ?? 0) - (sentAt[0] ?? 0)) / 1000).toBe(seconds);
  });

  it('ends when its signal aborts, and answers what it did', async () => {
    const { client, giveUp, sqs, letterCounts } = await startDeadLetterCloud();
    await giveUp(idsOf(30));
    const abort = new AbortController();
    intercept(sqs, (command, next) => {
      if (command === 'SendMessageBatchCommand') abort.abort();
      return next();
    });

    expect(await client.redriveAll({}, { signal: abort.signal })).toEqual({ ...NONE, redriven: 10 });

    expect(letterCounts()).toMatchObject({ visible: 20, inFlight: 0 });
  });

  it('leaves what SQS refuses, and says why', async () => {
    const { client, giveUp, sqs, letterCounts } = await startDeadLetterCloud();
    await giveUp(idsOf(3));
    intercept(sqs, async (command, next) => {
      if (command !== 'SendMessageBatchCommand') return next();
      return { Failed: [{ Id: '1', Code: 'InvalidMessageContents', SenderFault: true }] };
    });

    const counts = await client.redriveAll();

    expect(counts).toMatchObject({
      redriven: 2,
      failed: 1,
      firstError: { message: /InvalidMessageContents/ },
    });
    expect(letterCounts()).toMatchObject({ visible: 1, inFlight: 0 });
  });

  it('prunes stale letters, whatever the filter', async () => {
    const { client, giveUp, putRow, messages, queue, letterCounts } = await startDeadLetterCloud();
    await giveUp(['succeeded', 'canceled', 'ahead', 'fresh']);
    for (const status of ['succeeded', 'canceled'] as const) await putRow({ ...givenUpItem(status), status });
    await putRow({ ...givenUpItem('ahead'), status: 'running', epoch: 2 });

    const counts = await client.redriveAll({ text: 'no such text' });

    expect(counts).toEqual({ ...NONE, stale: 3, skipped: 1 });
    expect(messages(queue)).toEqual([]);
    expect(letterCounts()).toMatchObject({ visible: 1, inFlight: 0 });
  });

  it.each([
    [{ limit: 0 }, 'limit must be 1 or more, got 0'],
    [{ rate: 0 }, 'rate must be 0.1 or more letters a second, got 0'],
    [{ rate: Number.NaN }, 'rate must be 0.1 or more letters a second, got NaN'],
  ])('fails for %j', async (options, message) => {
    const { client } = await startDeadLetterCloud();

    await expect(client.redriveAll({}, options)).rejects.toThrow(message);
  });
});

describe('of the messages that SQS moved, a redrive of all', () => {
  it('sends our own back as they are', async () => {
    const { client, sendLetters, messages, queue } = await startDeadLetterCloud();
    const moved = envelopeFor('moved', { idempotencyKey: 'key' });
    await sendLetters(JSON.stringify(moved));

    await client.redriveAll();

    expect(messages(queue).map(envelopeOf)).toEqual([moved]);
  });

  it('sends one whose run was given up in the next epoch', async () => {
    const { client, putRow, sendLetters, deliver, handler } = await startDeadLetterCloud();
    await putRow(givenUpItem('run'));
    await sendLetters(JSON.stringify(envelopeFor('run')), letterBody('run'));

    expect(await client.redriveAll({ text: AN_ERROR.message })).toMatchObject({ redriven: 2 });

    await deliver();
    expect(handler).toHaveBeenCalledExactlyOnceWith(expect.anything(), expect.objectContaining({ epoch: 1 }));
  });

  it('gives a stranger’s message without an id the identity that it had', async () => {
    const { client, sendLetters, deliver, handler } = await startDeadLetterCloud();
    await sendLetters('{"task":"greet","payload":{"name":"Eve"}}');
    const [letter] = await client.readDeadLetterQueue(greet);

    await client.redriveAll();
    await deliver();

    const { runId } = letter ?? {};
    expect(handler).toHaveBeenCalledExactlyOnceWith({ name: 'Eve' }, expect.objectContaining({ runId }));
  });

  it('leaves a stranger’s message without an id a stranger’s, for its task may know a key for it', async () => {
    const { client, sendLetters, messages, queue } = await startDeadLetterCloud();
    await sendLetters('{"task":"greet","payload":{"name":"Eve"}}');
    const [letter] = await client.readDeadLetterQueue(greet);

    await client.redriveAll();

    expect(messages(queue).map(({ body }) => JSON.parse(body) as unknown)).toEqual([
      { task: 'greet', payload: { name: 'Eve' }, messageId: letter?.messageId },
    ]);
  });

  it('sends back what nobody can read, byte for byte', async () => {
    const { client, sendLetters, messages, queue } = await startDeadLetterCloud();
    await sendLetters('no JSON');

    expect(await client.redriveAll()).toMatchObject({ redriven: 1 });

    expect(messages(queue).map(({ body }) => body)).toEqual(['no JSON']);
  });
});

describe('on a FIFO queue, a redrive of all', () => {
  it('keeps the group and the order', async () => {
    const { client, giveUp, messages, queue, letterCounts } = await startDeadLetterCloud({ fifo: true });
    await giveUp(idsOf(25));

    expect(await client.redriveAll()).toEqual({ ...NONE, redriven: 25 });

    const sent = messages(queue);
    expect(sent.map(message => envelopeOf(message).runId)).toEqual(idsOf(25));
    expect(sent.every(({ attributes }) => attributes.MessageGroupId === 'group')).toBe(true);
    expect(letterCounts()).toMatchObject(EMPTY);
  });

  it('sends a run again that SQS dead-lettered within five minutes of its redrive', async () => {
    const { client, giveUp, sendLetters, messages, queue, letterCounts } = await startDeadLetterCloud({
      fifo: true,
    });
    await giveUp(['run']);
    await client.redriveAll();
    const [redriven] = messages(queue);
    await sendLetters(redriven?.body ?? '');

    expect(await client.redriveAll()).toMatchObject({ redriven: 1 });

    expect(messages(queue).map(envelopeOf)).toMatchObject([{ runId: 'run', epoch: 1 }]);
    expect(letterCounts()).toMatchObject(EMPTY);
  });
});
