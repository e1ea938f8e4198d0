import { describe, expect, it } from 'vitest';
import { intercept, START_MS } from './cloud-fixture.ts';
import { envelopeFor, givenUpItem, letterBody, startDeadLetterCloud } from './dead-letter-fixture.ts';

const REASON = { reason: 'account closed' };

describe('a discarded run', () => {
  it('has no letter and is not listed, and can be read with the reason', async () => {
    const { client, giveUp, row, letterCounts } = await startDeadLetterCloud();
    await giveUp(['run', 'other']);
    const { deadLetterKey: _, ...before } = (await row('run')) ?? givenUpItem('run');

    await client.discard('run', REASON);

    expect(letterCounts()).toMatchObject({ visible: 1, inFlight: 0 });
    expect((await client.listDeadLetters()).runs.map(({ runId }) => runId)).toEqual(['other']);
    expect(await client.getRun('run')).toMatchObject({
      status: 'deadLettered',
      discardedAt: new Date(START_MS),
      discardReason: 'account closed',
    });
    expect(await row('run')).toEqual({ ...before, discardedAt: START_MS, discardReason: 'account closed' });
  });

  it('whose letter comes late is not redriven: the letter is stale', async () => {
    const { client, giveUp, sendLetters, messages, queue, letterCounts } = await startDeadLetterCloud();
    await giveUp(['run']);
    await client.discard('run', REASON);
    await sendLetters(letterBody('run'));

    expect(await client.redriveAll()).toMatchObject({ redriven: 0, stale: 1 });

    expect(messages(queue)).toEqual([]);
    expect(letterCounts().visible).toBe(0);
  });

  it('is discarded again when the process died before its letter was deleted', async () => {
    const { client, giveUp, sqs, letterCounts } = await startDeadLetterCloud();
    await giveUp(['run']);
    let crashes = 1;
    intercept(sqs, (command, next) => {
      if (command === 'DeleteMessageBatchCommand' && crashes-- > 0) throw new Error('crash');
      return next();
    });

    await expect(client.discard('run', REASON)).rejects.toThrow('crash');
    await client.discard('run', REASON);

    expect(letterCounts().visible).toBe(0);
  });
});

describe('discarding', () => {
  it('ends a run whose message SQS moved before it had ended', async () => {
    const { client, putRow, sendLetters, letterCounts } = await startDeadLetterCloud();
    await putRow({ ...givenUpItem('run'), status: 'retrying' });
    await sendLetters(JSON.stringify(envelopeFor('run')));

    await client.discard('run', REASON);

    expect(letterCounts().visible).toBe(0);
    expect(await client.getRun('run')).toMatchObject({
      status: 'deadLettered',
      cause: 'lost',
      error: { name: 'RunLostError' },
      discardReason: 'account closed',
    });
    expect((await client.listDeadLetters()).runs).toEqual([]);
  });

  it('fails for a run that an attempt is at work on, and keeps its message', async () => {
    const { client, putRow, sendLetters, row, letterCounts } = await startDeadLetterCloud();
    await putRow({ ...givenUpItem('run'), status: 'running', leaseId: 'lease', leaseUntil: START_MS + 1000 });
    await sendLetters(JSON.stringify(envelopeFor('run')));

    await expect(client.discard('run', REASON)).rejects.toThrow('Run run is running');
    expect(await client.discardAll({}, REASON)).toMatchObject({ letters: 0, skipped: 1 });

    expect(letterCounts().visible).toBe(1);
    expect(await row('run')).toMatchObject({ status: 'running' });
  });

  it('marks a run that is dead-lettered in the meantime, whose letter it finds', async () => {
    const { client, putRow, sendLetters, dynamodb, row, letterCounts } = await startDeadLetterCloud();
    await putRow({ ...givenUpItem('run'), status: 'retrying' });
    let met = false;
    intercept(dynamodb, async (command, next) => {
      if (command !== 'UpdateItemCommand' || met) return await next();
      met = true;
      return await next().finally(async () => {
        // Its consumer gives it up, behind the mark that was refused.
        await putRow(givenUpItem('run'));
        await sendLetters(letterBody('run'));
      });
    });

    await client.discard('run', REASON);

    expect(await row('run')).toMatchObject({ status: 'deadLettered', discardReason: 'account closed' });
    expect(letterCounts().visible).toBe(0);
  });

  it('keeps the message of a run that another attempt takes over in the meantime', async () => {
    const { client, putRow, sendLetters, dynamodb, row, letterCounts } = await startDeadLetterCloud();
    const running = { ...givenUpItem('run'), status: 'running' as const, leaseId: 'dead', leaseUntil: 0 };
    await putRow(running);
    await sendLetters(JSON.stringify(envelopeFor('run')));
    intercept(dynamodb, async (command, next, input) => {
      const ends = command === 'UpdateItemCommand' && JSON.stringify(input).includes('RunLostError');
      if (ends) await putRow({ ...running, leaseId: 'successor' });
      return await next();
    });

    await client.discardAll({}, REASON);

    expect(letterCounts().visible).toBe(1);
    expect(await row('run')).toMatchObject({ status: 'running', leaseId: 'successor' });
  });

  it('fails for a run that is unknown or has no letter', async () => {
    const { client, putRow } = await startDeadLetterCloud();
    await putRow({ ...givenUpItem('busy'), status: 'running' });

    await expect(client.discard('nobody', REASON)).rejects.toThrow('There is no run nobody');
    await expect(client.discard('busy', REASON)).rejects.toThrow(
      'Run busy is running and has no dead letter',
    );
  });

  it.each(['', ' ', 'x'.repeat(1001)])('fails without a good reason', async reason => {
    const { client, giveUp, letterCounts } = await startDeadLetterCloud();
    await giveUp(['run']);

    await expect(client.discard('run', { reason })).rejects.toThrow('reason must be 1 to 1000 characters');
    await expect(client.discardAll({}, { reason })).rejects.toThrow('reason must be 1 to 1000 characters');
    expect(letterCounts().visible).toBe(1);
  });
});

describe('discarding by a filter', () => {
  async function setUp() {
    const cloud = await startDeadLetterCloud();
    await cloud.giveUp(['a', 'b', 'stale']);
    await cloud.putRow({ ...givenUpItem('stale'), status: 'succeeded' });
    await cloud.giveUp(['other'], { error: { name: 'Error', message: 'declined' } });
    await cloud.putRow(givenUpItem('without-letter'));
    return cloud;
  }
  const counts = { letters: 2, runs: 1, stale: 1, skipped: 1 };

  it('marks and removes what matches, in the queue and in the index', async () => {
    const { client, letterCounts, rows } = await setUp();

    expect(await client.discardAll({ text: 'mailbox' }, REASON)).toEqual(counts);

    expect(letterCounts()).toMatchObject({ visible: 1, inFlight: 0 });
    const discarded = (await rows()).filter(({ discardedAt }) => discardedAt !== undefined);
    expect(discarded.map(({ runId }) => runId).sort()).toEqual(['a', 'b', 'without-letter']);
  });

  it('changes nothing in a dry run', async () => {
    const { client, letterCounts, rows } = await setUp();
    const before = await rows();

    expect(await client.discardAll({ text: 'mailbox' }, { ...REASON, dryRun: true })).toEqual(counts);

    expect(letterCounts()).toMatchObject({ visible: 4, inFlight: 0 });
    expect(await rows()).toEqual(before);
  });
});
