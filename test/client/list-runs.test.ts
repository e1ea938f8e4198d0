import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ListOptions, RunPage } from '../../client/list-runs.ts';
import { listKey } from '../../contract/run-item.ts';
import { type Cloud, greet, intercept, record, START_MS, startCloud } from './cloud-fixture.ts';

const HOUR_MS = 3_600_000;

async function setUp() {
  const cloud = await startCloud();
  return { cloud, client: cloud.client([cloud.queue(), cloud.queue({ tasks: ['other'] })]) };
}

async function putRuns(cloud: Cloud, createdAts: readonly number[], task = 'greet'): Promise<string[]> {
  const runIds = createdAts.map((_, index) => `${task}-${index}`);
  for (const [index, createdAt] of createdAts.entries()) {
    const runId = `${task}-${index}`;
    const key = listKey(task, createdAt, runId);
    await cloud.putRow({ runId, task, status: 'queued', epoch: 0, attempt: 0, createdAt, listKey: key });
  }
  return runIds;
}

async function readAll(read: (cursor?: string) => Promise<RunPage>): Promise<RunPage[]> {
  const pages = [await read()];
  for (let cursor = pages[0]?.cursor; cursor !== undefined; cursor = pages.at(-1)?.cursor) {
    pages.push(await read(cursor));
  }
  return pages;
}

const ids = ({ runs }: RunPage) => runs.map(({ runId }) => runId);

describe('a listing', () => {
  it('has the runs of its task, newest first', async () => {
    const { cloud, client } = await setUp();
    const runIds: string[] = [];
    for (const name of ['first', 'second', 'third']) {
      runIds.unshift((await client.sendTask(greet, { name })).runId);
      cloud.clock.advance(40 * 60_000);
    }
    await putRuns(cloud, [START_MS], 'other');

    const page = await client.listRuns({ task: greet });

    expect(ids(page)).toEqual(runIds);
    expect(page.runs[0]).toMatchObject({
      task: 'greet',
      status: 'queued',
      createdAt: new Date(START_MS + 80 * 60_000),
    });
    expect(page).not.toHaveProperty('cursor');
  });

  it('is empty when there are none', async () => {
    const { client } = await setUp();

    expect(await client.listRuns({ task: greet })).toEqual({ runs: [] });
  });

  it('goes back 24 hours, or from one date to another, both included', async () => {
    const { cloud, client } = await setUp();
    const hoursAgo = (hours: number) => START_MS - hours * HOUR_MS;
    await putRuns(cloud, [hoursAgo(0), hoursAgo(1), hoursAgo(24), hoursAgo(24) - 1, hoursAgo(30)]);
    const list = async (options: Partial<ListOptions>) =>
      ids(await client.listRuns({ task: greet, ...options }));

    expect(await list({})).toEqual(['greet-0', 'greet-1', 'greet-2']);
    expect(await list({ from: new Date(hoursAgo(30)) })).toHaveLength(5);
    expect(await list({ to: new Date(hoursAgo(24)) })).toEqual(['greet-2', 'greet-3', 'greet-4']);
    expect(await list({ from: new Date(hoursAgo(1)), to: new Date(hoursAgo(1)) })).toEqual(['greet-1']);
  });

  it('leaves out a run whose retention has ended', async () => {
    const { cloud, client } = await setUp();
    const item = { task: 'greet', status: 'succeeded', epoch: 0, attempt: 1, createdAt: START_MS } as const;
    const key = listKey('greet', START_MS, 'old');
    await cloud.putRow({ ...item, runId: 'old', listKey: key, expiresAt: START_MS / 1000 });

    expect(await client.listRuns({ task: greet })).toEqual({ runs: [] });
  });

  it('asks DynamoDB again for the items that it left over', async () => {
    // GIVEN a DynamoDB that reads three keys at a time
    const { cloud, client } = await setUp();
    await putRuns(
      cloud,
      Array.from({ length: 8 }, (_, index) => START_MS - index),
    );
    intercept(cloud.dynamodb, async (command, next, input) => {
      if (command !== 'BatchGetItemCommand') return next();
      const { RequestItems } = input as { RequestItems: { runs: { Keys: object[] } } };
      const left = RequestItems.runs.Keys.slice(3);
      const some = { ...RequestItems.runs, Keys: RequestItems.runs.Keys.slice(0, 3) };
      Object.assign(input, { RequestItems: { runs: some } });
      return { ...(await next()), UnprocessedKeys: left.length > 0 ? { runs: { ...some, Keys: left } } : {} };
    });
    const calls = record(cloud.dynamodb);

    // WHEN
    const page = await client.listRuns({ task: greet });

    // THEN
    expect(ids(page)).toEqual(Array.from({ length: 8 }, (_, index) => `greet-${index}`));
    expect(calls.filter(({ command }) => command === 'BatchGetItemCommand')).toHaveLength(3);
  });

  it('fails when DynamoDB keeps leaving items over', async () => {
    const { cloud, client } = await setUp();
    await putRuns(cloud, [START_MS]);
    intercept(cloud.dynamodb, async (command, next, input) => {
      if (command !== 'BatchGetItemCommand') return next();
      return { Responses: {}, UnprocessedKeys: 'RequestItems' in input ? input.RequestItems : {} };
    });

    await expect(client.listRuns({ task: greet })).rejects.toThrow(
      'DynamoDB left 1 of 1 runs of table runs unread after 10 requests',
    );
  });
});

describe('the pages of a listing', () => {
  it('are full but for the last, which has no cursor', async () => {
    const { cloud, client } = await setUp();
    const runIds = await putRuns(
      cloud,
      Array.from({ length: 6 }, (_, index) => START_MS - index * HOUR_MS),
    );

    const pages = await readAll(cursor =>
      client.listRuns({ task: greet, limit: 3, ...(cursor && { cursor }) }),
    );

    expect(pages.map(ids)).toEqual([runIds.slice(0, 3), runIds.slice(3)]);
  });

  it('hold every run once, in one order, whatever the times and the limit', async () => {
    const { cloud } = await setUp();
    let number = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 6 }), { maxLength: 25 }),
        fc.constantFrom(1, 20 * 60_000, 5 * HOUR_MS),
        fc.integer({ min: 1, max: 7 }),
        async (steps, stepMs, limit) => {
          // GIVEN runs of which many have the same time
          const task = { ...greet, name: `task-${number++}` };
          const createdAts = steps.map(step => START_MS - step * stepMs);
          await putRuns(cloud, createdAts, task.name);
          const client = cloud.client([cloud.queue({ tasks: [task.name] })]);

          // WHEN
          const from = new Date(START_MS - 6 * stepMs);
          const pages = await readAll(cursor =>
            client.listRuns({ task, from, limit, ...(cursor && { cursor }) }),
          );

          // THEN
          const runs = pages.flatMap(page => page.runs);
          expect(runs.map(({ createdAt }) => createdAt.getTime())).toEqual(createdAts.sort((a, b) => b - a));
          expect(new Set(runs.map(({ runId }) => runId)).size).toBe(createdAts.length);
          expect(pages.slice(0, -1).every(page => page.runs.length === limit)).toBe(true);
        },
      ),
      { numRuns: 15 },
    );
  });

  it('keep the listing bounds of the first, however late they are read', async () => {
    const { cloud, client } = await setUp();
    await putRuns(cloud, [START_MS, START_MS - 24 * HOUR_MS]);

    const { cursor = '' } = await client.listRuns({ task: greet, limit: 1 });
    cloud.clock.advance(HOUR_MS);

    expect(ids(await client.listRuns({ task: greet, limit: 1, cursor }))).toEqual(['greet-1']);
  });

  it('are not disturbed by runs that begin meanwhile', async () => {
    const { cloud, client } = await setUp();
    await putRuns(cloud, [START_MS - 1, START_MS - 2]);

    const { cursor = '' } = await client.listRuns({ task: greet, limit: 1 });
    await client.sendTask(greet, { name: 'new' });

    expect(ids(await client.listRuns({ task: greet, limit: 1, cursor }))).toEqual(['greet-1']);
  });
});

describe('a listing fails early', () => {
  it.each([0, 101, 1.5, Number.NaN])('when the limit is %d', async limit => {
    const { client } = await setUp();

    await expect(client.listRuns({ task: greet, limit })).rejects.toThrow(
      `limit must be a whole number from 1 to 100, got ${limit}`,
    );
  });

  it.each([
    '',
    'x',
    'bnVsbA',
    Buffer.from('["greet",1,2]').toString('base64url'),
  ])('when the cursor is %j', async cursor => {
    const { client } = await setUp();

    await expect(client.listRuns({ task: greet, cursor })).rejects.toThrow(
      `cursor must be one that listRuns answered, unchanged, got '${cursor}'`,
    );
  });

  it("when the cursor is another task's", async () => {
    const { cloud, client } = await setUp();
    await putRuns(cloud, [START_MS, START_MS - 1]);
    const { cursor = '' } = await client.listRuns({ task: greet, limit: 1 });

    await expect(client.listRuns({ task: { ...greet, name: 'other' }, cursor })).rejects.toThrow(
      "cursor belongs to a listing of task 'greet', not of 'other'",
    );
  });

  it.each([
    { from: new Date(2), to: new Date(1) },
    { from: new Date(Number.NaN) },
    { to: new Date(Number.NaN) },
    { from: new Date(START_MS + 1) },
  ])('when the range is %o', async range => {
    const { client } = await setUp();

    await expect(client.listRuns({ task: greet, ...range })).rejects.toThrow(
      'from must be a date not after to',
    );
  });
});
