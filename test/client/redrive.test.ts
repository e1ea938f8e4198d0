import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { MALFORMED_TASK } from '../../contract/envelope.ts';
import { defineTask } from '../../contract/task.ts';
import { envelopeOf, greet, record, START_MS } from './cloud-fixture.ts';
import { envelopeFor, givenUpItem, letterBody, startDeadLetterCloud } from './dead-letter-fixture.ts';

describe('a redrive of one run', () => {
  it('begins its next life, from its item, without a look at the dead-letter queue', async () => {
    const { client, sqs, giveUp, deliver, handler, row } = await startDeadLetterCloud();
    await giveUp(['run']);
    const calls = record(sqs);

    expect(await client.redrive('run')).toEqual({ runId: 'run', epoch: 1 });

    expect(calls.map(({ command }) => command)).toEqual(['SendMessageCommand']);
    await deliver();
    expect(handler).toHaveBeenCalledExactlyOnceWith({ name: 'Ada' }, expect.objectContaining({ epoch: 1 }));
    expect(await row('run')).toMatchObject({ status: 'succeeded', epoch: 1, attempt: 1 });
  });

  it('runs once when it is done twice', async () => {
    const { client, giveUp, deliver, handler } = await startDeadLetterCloud();
    await giveUp(['run']);

    await client.redrive('run');
    await client.redrive('run');
    await deliver();

    expect(handler).toHaveBeenCalledTimes(1);
  });

  it('leaves a letter that the next redrive of all prunes', async () => {
    const { client, giveUp, deliver, handler, letterCounts } = await startDeadLetterCloud();
    await giveUp(['run']);

    await client.redrive('run');
    await deliver();

    expect(await client.redriveAll()).toEqual({ redriven: 0, stale: 1, skipped: 0, failed: 0 });
    expect(letterCounts()).toMatchObject({ visible: 0, inFlight: 0 });
    await deliver();
    expect(handler).toHaveBeenCalledTimes(1);
  });

  it('takes the letter where the item does not hold the message', async () => {
    const { client, putRow, sendLetters, deliver, handler, letterCounts } = await startDeadLetterCloud();
    const { envelope: _tooLarge, ...item } = givenUpItem('large');
    await putRow(item);
    await sendLetters(letterBody('other'), letterBody('large'), letterBody('another'));

    expect(await client.redrive('large')).toEqual({ runId: 'large', epoch: 1 });

    expect(letterCounts()).toMatchObject({ visible: 2, inFlight: 0 });
    await deliver();
    expect(handler).toHaveBeenCalledExactlyOnceWith(
      expect.anything(),
      expect.objectContaining({ runId: 'large' }),
    );
  });

  it('finds the message that SQS moved, of a run that is unknown or has not ended', async () => {
    const { client, putRow, sendLetters, deliver, row, letterCounts } = await startDeadLetterCloud();
    await putRow({
      runId: 'stuck',
      task: 'greet',
      status: 'retrying',
      epoch: 0,
      attempt: 1,
      createdAt: START_MS,
    });
    await sendLetters(JSON.stringify(envelopeFor('stuck')), JSON.stringify(envelopeFor('unknown')));

    expect(await client.redrive('stuck')).toEqual({ runId: 'stuck', epoch: 0 });
    expect(await client.redrive('unknown')).toEqual({ runId: 'unknown', epoch: 0 });

    expect(letterCounts()).toMatchObject({ visible: 0, inFlight: 0 });
    await deliver();
    expect(await row('stuck')).toMatchObject({ status: 'succeeded', attempt: 2 });
    expect(await row('unknown')).toMatchObject({ status: 'succeeded', attempt: 1 });
  });

  it('sends a malformed message whose queue is not known to the queue where its letter lies', async () => {
    const { clientOf, queue, newQueue, putRow, sendLetters, messages } = await startDeadLetterCloud();
    const malformed = { task: MALFORMED_TASK, cause: 'malformed' } as const;
    await putRow(givenUpItem('bad', malformed));
    const body = JSON.parse(letterBody('bad', malformed)) as object;
    await sendLetters(
      JSON.stringify({ ...body, malformedBody: '{"task":"greet","payload":{"name":"Ada"}}' }),
    );

    await clientOf([newQueue({ tasks: ['other'] }), queue]).redrive('bad');

    expect(messages(queue).map(envelopeOf)).toMatchObject([{ runId: 'bad', epoch: 1, task: 'greet' }]);
  });

  it.each(['succeeded', 'canceled'] as const)('fails for a run that has %s', async status => {
    const { client, putRow, messages, queue } = await startDeadLetterCloud();
    await putRow({ ...givenUpItem('run'), status });

    await expect(client.redrive('run')).rejects.toThrow(`Run run is ${status}: only a dead-lettered run`);
    expect(messages(queue)).toEqual([]);
  });

  it('fails for a run that goes on, and for one that nobody knows', async () => {
    const { client, putRow, sendLetters, letterCounts } = await startDeadLetterCloud();
    await putRow({ ...givenUpItem('busy'), status: 'running' });
    await sendLetters(letterBody('other'));

    await expect(client.redrive('busy')).rejects.toThrow(
      'Run busy is running, and no letter of it can be received',
    );
    await expect(client.redrive('nobody')).rejects.toThrow('There is no run nobody');
    expect(letterCounts()).toMatchObject({ visible: 1, inFlight: 0 });
  });

  it('fails for a discarded run, but not when it is meant', async () => {
    const { client, giveUp, messages, queue, row } = await startDeadLetterCloud();
    await giveUp(['run']);
    await client.discard('run', { reason: 'account closed' });

    await expect(client.redrive('run')).rejects.toThrow(
      'Run run was discarded on 2030-01-01T12:00:00.000Z (account closed); pass evenIfDiscarded: true',
    );
    expect(messages(queue)).toEqual([]);

    await client.redrive('run', { evenIfDiscarded: true });
    expect(messages(queue)).toHaveLength(1);
    expect(await row('run')).not.toHaveProperty('discardedAt');
  });
});

describe('a redrive with another payload', () => {
  it('runs that payload, and makes the letter with the old one stale', async () => {
    const { client, giveUp, deliver, handler, letterCounts } = await startDeadLetterCloud();
    await giveUp(['run'], { payload: { name: 1 } });
    handler.mockImplementationOnce(() => {
      throw new Error('not yet');
    });

    expect(await client.redrive('run', { edit: { task: greet, payload: { name: 'Eve' } } })).toEqual({
      runId: 'run',
      epoch: 2,
    });
    await deliver();

    expect(handler).toHaveBeenCalledExactlyOnceWith({ name: 'Eve' }, expect.objectContaining({ epoch: 2 }));
    expect(await client.redriveAll()).toMatchObject({ redriven: 0, stale: 1 });
    expect(letterCounts().visible).toBe(0);
  });

  it('fails for a payload that the schema refuses, and for another task, with nothing sent', async () => {
    const { client, giveUp, messages, queue } = await startDeadLetterCloud();
    await giveUp(['run']);
    const other = defineTask({ name: 'other', payload: z.object({ name: z.string() }) });

    // @ts-expect-error: name is a string
    const wrongType = client.redrive('run', { edit: { task: greet, payload: { name: 1 } } });
    await expect(wrongType).rejects.toThrow("The payload of task 'greet' is not valid");
    const wrongTask = client.redrive('run', { edit: { task: other, payload: { name: 'Eve' } } });
    await expect(wrongTask).rejects.toThrow(
      "Run run is of task 'greet', so it cannot get a payload of task 'other'",
    );
    expect(messages(queue)).toEqual([]);
  });
});

describe('on a FIFO queue, a redrive', () => {
  it('keeps the group that the item knows, with the run and its epoch as deduplication id', async () => {
    const { client, putRow, messages, queue } = await startDeadLetterCloud({ fifo: true });
    await putRow({ ...givenUpItem('run'), groupKey: 'tenant-1' });

    await client.redrive('run');

    expect(messages(queue)).toMatchObject([
      { attributes: { MessageGroupId: 'tenant-1', MessageDeduplicationId: 'run:1' } },
    ]);
  });

  it("takes the letter's group where the item knows none", async () => {
    const { client, giveUp, messages, queue, letterCounts } = await startDeadLetterCloud({ fifo: true });
    await giveUp(['run']);

    await client.redrive('run');

    expect(messages(queue)).toMatchObject([{ attributes: { MessageGroupId: 'group' } }]);
    expect(letterCounts().visible).toBe(0);
  });
});
