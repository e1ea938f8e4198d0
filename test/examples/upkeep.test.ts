import { DynamoDBClient, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { type LocalOptions, type Notification, startLocal } from 'cdk-background-jobs/testing';
import { expect, onTestFinished, test } from 'vitest';
import { UpkeepStack } from '../../examples/upkeep/stack.ts';
import { checkHealth, countVisits, purgeVisits } from '../../examples/upkeep/tasks.ts';
import { serve } from '../serve.ts';
import { synthesizedForAllTests } from '../synthesized.ts';

const ASSEMBLIES = {
  staging: synthesizedForAllTests(app => new UpkeepStack(app, 'Upkeep', { stage: 'staging' })),
  production: synthesizedForAllTests(app => new UpkeepStack(app, 'Upkeep', { stage: 'production' })),
};

async function startUpkeep(
  startAt: string,
  { stage = 'staging', ...options }: LocalOptions & { readonly stage?: keyof typeof ASSEMBLIES } = {},
) {
  const app = ASSEMBLIES[stage]();
  const upkeep = await startLocal({ ...options, app, startAt: new Date(startAt), time: 'manual' });
  const dynamodb = new DynamoDBClient(upkeep.clientConfig);
  onTestFinished(async () => {
    dynamodb.destroy();
    await upkeep.stop();
  });
  const TableName = upkeep.outputs.Upkeep?.VisitsTable;
  return {
    upkeep,
    async visit(day: string, times: number) {
      for (let index = 0; index < times; index++) {
        const Item = { pk: { S: `visits ${day}` }, sk: { S: `${index}` } };
        await dynamodb.send(new PutItemCommand({ TableName, Item }));
      }
    },
    async partitions() {
      const { Items = [] } = await dynamodb.send(new ScanCommand({ TableName }));
      return [...new Set(Items.map(({ pk }) => pk?.S))].sort();
    },
  };
}

/** Answers as it is told to. */
async function startSite() {
  const site = { status: 200, requests: 0, url: '' };
  site.url = await serve((_, response) => {
    site.requests++;
    response.writeHead(site.status).end();
  });
  return site;
}

test('the nightly purge deletes what has become too old, and what nights before have missed', async () => {
  const { upkeep, visit, partitions } = await startUpkeep('2030-03-01T00:00:00Z');
  for (const day of ['2030-01-24', '2030-01-29', '2030-01-30', '2030-02-27']) await visit(day, 30);

  await upkeep.advance('4h');

  expect(await partitions()).toEqual(['counts', 'visits 2030-01-30', 'visits 2030-02-27']);
  const { runs } = await upkeep.client.listRuns({ task: purgeVisits });
  expect(runs).toMatchObject([{ status: 'succeeded', result: { purged: 60 } }]);
});

test('the daily count is of the day that has ended in UTC', async () => {
  const { upkeep, visit } = await startUpkeep('2030-03-01T23:00:00Z');
  await visit('2030-03-01', 3);
  await visit('2030-03-02', 1);

  await upkeep.advance('2h');

  const { runs } = await upkeep.client.listRuns({ task: countVisits });
  expect(runs.map(({ result }) => result)).toEqual([{ day: '2030-03-01', visits: 3 }]);
});

test('the weekly digest goes out on Monday at eight in New York, before and after its clocks change', async () => {
  // GIVEN
  const published: { readonly at: Date; readonly notification: Notification }[] = [];
  const { upkeep, visit } = await startUpkeep('2030-03-03T22:00:00Z', {
    onNotification: notification => published.push({ at: upkeep.now(), notification }),
  });
  await visit('2030-03-05', 4);
  await visit('2030-03-09', 3);

  // WHEN
  await upkeep.advance('8d');

  // THEN: daylight saving begins on Sunday, 10 March.
  const minutesLate = published.map(({ at }, week) => {
    const due = Date.parse(['2030-03-04T13:00:00Z', '2030-03-11T12:00:00Z'][week] ?? '');
    return (at.getTime() - due) / 60_000;
  });
  expect(minutesLate).toHaveLength(2);
  for (const minutes of minutesLate) {
    expect(minutes).toBeGreaterThanOrEqual(0);
    expect(minutes).toBeLessThanOrEqual(15);
  }
  expect(published[1]?.notification.message).toMatch(
    /^7 visits in the last seven days\n\n2030-03-04 {2}0\n2030-03-05 {2}4\n/,
  );
});

test('a health check that fails is repeated at once, and its third failure is told', async () => {
  // GIVEN
  const site = await startSite();
  const raised: string[] = [];
  const { upkeep } = await startUpkeep('2030-03-01T00:00:00Z', {
    stage: 'production',
    parameters: { HealthUrl: site.url },
    onAlarm: ({ name, to }) => to === 'ALARM' && raised.push(name),
  });
  await upkeep.advance('6m');
  expect(site.requests).toBe(2);

  // WHEN
  site.status = 503;
  await upkeep.advance('6m');

  // THEN
  expect(site.requests).toBe(5);
  const { runs } = await upkeep.client.listRuns({ task: checkHealth });
  expect(runs.map(({ status, attempt }) => [status, attempt])).toEqual([
    ['deadLettered', 3],
    ['succeeded', 1],
    ['succeeded', 1],
  ]);
  expect(raised).toEqual([expect.stringContaining('AlarmsDeadLetters')]);
});

test('in staging nobody is woken', async () => {
  const { upkeep } = await startUpkeep('2030-03-01T12:00:00Z');

  await upkeep.advance('1h');

  expect((await upkeep.client.listRuns({ task: checkHealth })).runs).toEqual([]);
});
