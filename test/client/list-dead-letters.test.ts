import { describe, expect, it } from 'vitest';
import type { DeadLetterListOptions, DeadLetterPage } from '../../client/list-dead-letters.ts';
import { MALFORMED_TASK } from '../../contract/envelope.ts';
import { DAY_MS, greet, START_MS } from './cloud-fixture.ts';
import { AN_ERROR, givenUpItem, startDeadLetterCloud } from './dead-letter-fixture.ts';

const ids = ({ runs }: DeadLetterPage) => runs.map(({ runId }) => runId);

describe('the list of dead letters', () => {
  it('has what was given up in the last 14 days, newest first, with reason and payload', async () => {
    const { client, putRow } = await startDeadLetterCloud();
    await putRow(givenUpItem('old', { atMs: START_MS - 2 * DAY_MS }));
    await putRow(givenUpItem('new'));
    const tooOld = givenUpItem('too-old', { atMs: START_MS - 14 * DAY_MS - 1 });
    await putRow({ ...tooOld, expiresAt: START_MS });

    const page = await client.listDeadLetters();

    expect(ids(page)).toEqual(['new', 'old']);
    expect(page).not.toHaveProperty('cursor');
    expect(page.runs[0]).toMatchObject({
      status: 'deadLettered',
      cause: 'attemptsUsedUp',
      error: AN_ERROR,
      payload: { name: 'Ada' },
      fingerprint: expect.stringMatching(/^[0-9a-f]{16}$/),
    });
  });

  it('has the runs of all queues and tables, and malformed messages', async () => {
    const { client, clientOf, queue, putRow } = await startDeadLetterCloud();
    await putRow(givenUpItem('a'));
    await putRow(givenUpItem('b', { task: 'other', atMs: START_MS - 1 }));
    await putRow(givenUpItem('c', { task: MALFORMED_TASK, atMs: START_MS - 2 }));

    expect(ids(await client.listDeadLetters())).toEqual(['a', 'c']);
    const ofBoth = clientOf([queue, { ...queue, tasks: ['other'] }]);
    expect(ids(await ofBoth.listDeadLetters())).toEqual(['a', 'b', 'c']);
  });

  it.each<[string, DeadLetterListOptions, string[]]>([
    ['task', { task: { name: 'other' } }, ['other']],
    ['a task that no queue carries', { task: { name: 'stranger' } }, ['stranger']],
    ['cause', { cause: 'expired' }, ['expired']],
    ['text in the message', { text: 'MAILBOX' }, ['plain']],
    ['text in the payload', { text: 'grace' }, ['grace']],
    ['time', { from: new Date(START_MS - 2000), to: new Date(START_MS - 1000) }, ['grace', 'expired']],
  ])('filters by %s', async (_, filter, expected) => {
    const { clientOf, queue, putRow } = await startDeadLetterCloud({ tasks: [greet.name, 'other'] });
    const error = { name: 'Error', message: 'no' };
    await putRow(givenUpItem('plain'));
    await putRow(givenUpItem('other', { task: 'other', error }));
    await putRow(givenUpItem('stranger', { task: 'stranger', error }));
    await putRow(givenUpItem('grace', { payload: { name: 'Grace' }, error, atMs: START_MS - 1000 }));
    await putRow(givenUpItem('expired', { cause: 'expired', error, atMs: START_MS - 2000 }));

    expect(ids(await clientOf([queue]).listDeadLetters(filter))).toEqual(expected);
  });

  it('filters by the fingerprint that it answers', async () => {
    const { client, putRow } = await startDeadLetterCloud();
    await putRow(givenUpItem('a', { error: { name: 'Error', message: 'order 1' } }));
    await putRow(givenUpItem('b', { error: { name: 'Error', message: 'order 2' } }));
    await putRow(givenUpItem('c', { error: { name: 'Error', message: 'customer 2' } }));

    const { runs } = await client.listDeadLetters();
    const error = runs.find(({ runId }) => runId === 'a')?.fingerprint ?? '';

    expect(ids(await client.listDeadLetters({ error })).sort()).toEqual(['a', 'b']);
  });

  it('leaves out what has been redriven, discarded or forgotten', async () => {
    const { client, putRow } = await startDeadLetterCloud();
    await putRow({ ...givenUpItem('redriven'), status: 'running', epoch: 1 });
    await putRow({ ...givenUpItem('forgotten'), expiresAt: START_MS / 1000 });
    await putRow(givenUpItem('discarded'));
    await client.discard('discarded', { reason: 'no use' });

    expect(await client.listDeadLetters()).toEqual({ runs: [] });
  });

  it.each([0, 101, 1.5])('fails when the limit is %d', async limit => {
    const { client } = await startDeadLetterCloud();

    await expect(client.listDeadLetters({ limit })).rejects.toThrow(
      'limit must be a whole number from 1 to 100',
    );
  });

  it("fails when the cursor is another listing's", async () => {
    const { client, putRow } = await startDeadLetterCloud();
    for (const runId of ['a', 'b']) await putRow(givenUpItem(runId));
    const { cursor = '' } = await client.listDeadLetters({ limit: 1 });

    await expect(client.listDeadLetters({ task: greet, cursor })).rejects.toThrow(
      'cursor belongs to a listing',
    );
    await expect(client.listDeadLetters({ cursor: 'x' })).rejects.toThrow(
      'one that listDeadLetters answered',
    );
  });
});

describe('2,000 dead letters', () => {
  async function setUp() {
    const cloud = await startDeadLetterCloud();
    const runIds = Array.from({ length: 2000 }, (_, index) => `run-${String(index).padStart(4, '0')}`);
    for (const [index, runId] of runIds.entries()) {
      const message = index % 4 === 0 ? `card ${index} declined` : `user 'u-${index}' is gone`;
      const error = { name: 'Error', message };
      await cloud.putRow(givenUpItem(runId, { error, atMs: START_MS - index * 60_000 }));
    }
    return { ...cloud, runIds };
  }

  it('are each on one page, in order, and in two groups', async () => {
    const { client, runIds } = await setUp();

    const listed: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await client.listDeadLetters({ limit: 100, ...(cursor && { cursor }) });
      listed.push(...ids(page));
      cursor = page.cursor;
    } while (cursor);
    const groups = await client.groupDeadLetters({ task: greet });

    expect(listed).toEqual(runIds);
    expect(groups).toMatchObject([
      {
        count: 1500,
        errorPattern: 'user … is gone',
        exampleRunId: 'run-0001',
        task: 'greet',
        cause: 'attemptsUsedUp',
      },
      { count: 500, errorPattern: 'card # declined', exampleRunId: 'run-0000', errorName: 'Error' },
    ]);
    expect(groups[1]).toMatchObject({
      lastSeen: new Date(START_MS),
      firstSeen: new Date(START_MS - 1996 * 60_000),
    });
  });

  it('are looked at by the thousand when few of them match', async () => {
    const { client } = await setUp();

    const first = await client.listDeadLetters({ text: 'u-1999' });
    expect(first).toEqual({ runs: [], cursor: expect.any(String) });
    const second = await client.listDeadLetters({
      text: 'u-1999',
      ...(first.cursor && { cursor: first.cursor }),
    });
    expect(ids(second)).toEqual(['run-1999']);
    expect(second).not.toHaveProperty('cursor');
  });
});
