import { describe, expect, it, test } from 'vitest';
import * as z from 'zod';
import { defineTask } from '../../contract/task.ts';
import { DAY_MS, envelopeOf, greet, intercept, record, START_MS, startCloud } from './cloud-fixture.ts';

const ADA = { name: 'Ada' };
const MINUTE_MS = 60_000;
const NIGHTLY = {
  key: 'ada',
  task: greet,
  payload: ADA,
  cron: '0 3 * * ? *',
  timeZone: 'Europe/Paris',
} as const;
const HOURLY = { key: 'ada', task: greet, payload: ADA, rate: '1h' } as const;

async function setUp(options = {}) {
  const cloud = await startCloud();
  const queue = cloud.schedulingQueue(options);
  const client = cloud.client([queue]);
  return { cloud, queue, client, schedules: client.schedules };
}

type Fixture = Awaited<ReturnType<typeof setUp>>;

const named = (name: string) => Object.assign(new Error(`${name} from AWS`), { name });

describe('upserting a schedule', () => {
  it('that is not there makes it, in the group and by the role that were granted', async () => {
    const { cloud, queue, schedules } = await setUp();

    await schedules.upsert(NIGHTLY);

    expect(cloud.schedules().map(({ input }) => input)).toMatchObject([
      {
        Name: 'key.ada',
        GroupName: 'later',
        ScheduleExpression: 'cron(0 3 * * ? *)',
        ScheduleExpressionTimezone: 'Europe/Paris',
        FlexibleTimeWindow: { Mode: 'OFF' },
        ActionAfterCompletion: 'NONE',
        Target: {
          Arn: queue.schedules?.queue,
          RoleArn: queue.schedules?.role,
          DeadLetterConfig: { Arn: queue.schedules?.deadLetter },
          RetryPolicy: { MaximumRetryAttempts: 60, MaximumEventAgeInSeconds: 3600 },
        },
      },
    ]);
  });

  it('answers what it is, and when it fires next', async () => {
    const { schedules } = await setUp();

    expect(await schedules.upsert(NIGHTLY)).toEqual({
      key: 'ada',
      task: 'greet',
      payload: ADA,
      cron: '0 3 * * ? *',
      timeZone: 'Europe/Paris',
      paused: false,
      nextTimes: [2, 3, 4, 5, 6].map(day => new Date(Date.UTC(2030, 0, day, 2))),
    });
  });

  it('sends at each time what a firing sends, with an identity of that time', async () => {
    const { cloud, queue, schedules } = await setUp();
    await schedules.upsert({ ...NIGHTLY, overlap: 'skip', maxLateness: '2h' });

    cloud.clock.advance(2 * DAY_MS);

    const arn = 'arn:aws:scheduler:eu-west-1:123456789012:schedule/later/key.ada';
    expect(cloud.messages(queue).map(({ body }) => JSON.parse(body))).toEqual(
      ['2030-01-02T02:00:00Z', '2030-01-03T02:00:00Z'].map(at => ({
        task: 'greet',
        idempotencyKey: `${arn} ${at}`,
        schedule: { name: 'ada', overlap: 'skip', maxLatenessSeconds: 7200, arn, at },
        payload: ADA,
      })),
    );
  });

  it('takes every setting, and answers it', async () => {
    const { cloud, schedules } = await setUp({ fifo: true });
    const settings = {
      start: new Date(START_MS + DAY_MS),
      end: new Date(START_MS + 9 * DAY_MS),
      flexibleWindow: '15m',
      overlap: 'skip',
      maxLateness: '1h',
      groupKey: 'ada',
    } as const;

    const schedule = await schedules.upsert({ ...HOURLY, ...settings });

    expect(schedule).toMatchObject({ rate: '1h', ...settings });
    expect(await schedules.get('ada')).toEqual(schedule);
    expect(cloud.schedules().map(({ input }) => input)).toMatchObject([
      {
        ScheduleExpression: 'rate(1 hour)',
        FlexibleTimeWindow: { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 15 },
        ActionAfterCompletion: 'DELETE',
        Target: { SqsParameters: { MessageGroupId: 'ada' } },
      },
    ]);
  });

  it('with an end leaves nothing behind after its last time', async () => {
    const { cloud, schedules } = await setUp();
    await schedules.upsert({ ...NIGHTLY, end: new Date(START_MS + 2 * DAY_MS) });

    cloud.clock.advance(3 * DAY_MS);

    expect(cloud.schedules()).toEqual([]);
  });

  it('carries a payload that looks like a context attribute as it is', async () => {
    const { cloud, queue, schedules } = await setUp();
    const payload = { name: '<aws.scheduler.scheduled-time> \uffff' };

    const schedule = await schedules.upsert({ ...HOURLY, payload });

    expect(schedule.payload).toEqual(payload);
    cloud.clock.advance(MINUTE_MS);
    expect(cloud.messages(queue).map(message => envelopeOf(message).payload)).toEqual([payload]);
  });

  it.each([
    ['1m', 'rate(1 minute)'],
    ['90m', 'rate(90 minutes)'],
    ['120m', 'rate(2 hours)'],
    ['24h', 'rate(1 day)'],
    ['7d', 'rate(7 days)'],
  ] as const)('every %s is %s', async (rate, expression) => {
    const { cloud, schedules } = await setUp();

    await schedules.upsert({ ...HOURLY, rate });

    expect(cloud.schedules().map(({ input }) => input.ScheduleExpression)).toEqual([expression]);
  });

  it('takes a cron in AWS’s own spelling, too', async () => {
    const { schedules } = await setUp();

    expect(await schedules.upsert({ ...NIGHTLY, cron: 'cron(0 3 * * ? *)' })).toMatchObject({
      cron: '0 3 * * ? *',
    });
  });

  it('that says the same already leaves it alone', async () => {
    const { cloud, schedules } = await setUp();
    const first = await schedules.upsert(HOURLY);
    cloud.clock.advance(MINUTE_MS);
    const calls = record(cloud.scheduler);

    const second = await schedules.upsert({ ...HOURLY });

    expect(calls.map(({ command }) => command)).toEqual(['GetScheduleCommand']);
    expect(second).toEqual(first);
  });

  it.each([
    ['its times', { cron: '0 4 * * ? *' }],
    ['its zone', { timeZone: 'Europe/London' }],
    ['its payload', { payload: { name: 'Grace' } }],
    ['its window', { flexibleWindow: '5m' }],
    ['its end', { end: new Date(START_MS + 5 * DAY_MS) }],
    ['its start', { start: new Date(START_MS + 5 * DAY_MS) }],
    ['its overlap', { overlap: 'skip' }],
    ['its lateness', { maxLateness: '5m' }],
  ] as const)('with another word on %s changes it', async (_, change) => {
    const { cloud, schedules } = await setUp();
    await schedules.upsert(NIGHTLY);

    const changed = await schedules.upsert({ ...NIGHTLY, ...change });

    expect(changed).toMatchObject(change);
    expect(await schedules.get('ada')).toEqual(changed);
    expect(cloud.schedules()).toHaveLength(1);
  });

  it('keeps it paused', async () => {
    const { schedules } = await setUp();
    await schedules.upsert(NIGHTLY);
    await schedules.pause('ada');

    const changed = await schedules.upsert({ ...NIGHTLY, cron: '0 4 * * ? *' });

    expect(changed).toMatchObject({ cron: '0 4 * * ? *', paused: true });
    expect(await schedules.get('ada')).toEqual(changed);
  });

  it('takes back what it no longer says', async () => {
    const { schedules } = await setUp();
    const settings = { end: new Date(START_MS + DAY_MS), flexibleWindow: '5m', maxLateness: '1h' } as const;
    await schedules.upsert({ ...HOURLY, ...settings });

    const changed = await schedules.upsert(HOURLY);

    for (const setting of Object.keys(settings)) expect(changed).not.toHaveProperty(setting);
    expect(await schedules.get('ada')).toEqual(changed);
  });

  it('that somebody else makes at the same time ends with one', async () => {
    const { cloud, queue, schedules } = await setUp();
    let met = false;
    intercept(cloud.scheduler, async (command, next) => {
      if (command !== 'CreateScheduleCommand' || met) return await next();
      met = true;
      await cloud.client([queue]).schedules.upsert({ ...NIGHTLY, cron: '0 5 * * ? *' });
      return await next();
    });

    await schedules.upsert(NIGHTLY);

    expect(cloud.schedules().map(({ input }) => input.ScheduleExpression)).toEqual(['cron(0 3 * * ? *)']);
  });

  it('that somebody else deletes at the same time makes it', async () => {
    const { cloud, queue, schedules } = await setUp();
    await schedules.upsert(NIGHTLY);
    intercept(cloud.scheduler, async (command, next) => {
      if (command === 'UpdateScheduleCommand') await cloud.client([queue]).schedules.delete('ada');
      return await next();
    });

    await schedules.upsert({ ...NIGHTLY, cron: '0 4 * * ? *' });

    expect(cloud.schedules().map(({ input }) => input.ScheduleExpression)).toEqual(['cron(0 4 * * ? *)']);
  });

  it.each([
    '0  4 * * ? *',
    ' 0 4\t* * ? * ',
    'cron( 0 4 * *\n? * )',
  ])('has one space between its fields, also when given %j', async cron => {
    const { cloud, schedules } = await setUp();

    await schedules.upsert({ ...NIGHTLY, cron });

    expect(cloud.schedules().map(({ input }) => input.ScheduleExpression)).toEqual(['cron(0 4 * * ? *)']);
  });

  it('whose task has moved to another queue deletes the one that is left there', async () => {
    const { cloud, client, queue } = await setUp();
    await client.schedules.upsert(NIGHTLY);
    const next = cloud.schedulingQueue({}, 'next');

    await cloud.client([{ ...queue, tasks: [] }, next]).schedules.upsert(NIGHTLY);

    expect(cloud.schedules().map(({ input }) => input.GroupName)).toEqual(['next']);
  });

  it('is tried again with backoff while Scheduler throttles', async () => {
    const { cloud, schedules } = await setUp();
    let throttles = 3;
    intercept(cloud.scheduler, async (_, next) => {
      if (throttles-- > 0) throw named('ThrottlingException');
      return await next();
    });

    await schedules.upsert(NIGHTLY);

    expect(cloud.schedules()).toHaveLength(1);
  });
});

describe('a change of a schedule that is under way', () => {
  it.each([
    ['upsert', ({ schedules }: Fixture) => schedules.upsert({ ...NIGHTLY, cron: '0 4 * * ? *' })],
    ['pause', ({ schedules }: Fixture) => schedules.pause(NIGHTLY.key)],
    ['delete', ({ schedules }: Fixture) => schedules.delete(NIGHTLY.key)],
  ] as const)('is waited for by %s', async (_, change) => {
    const fixture = await setUp();
    await fixture.schedules.upsert(NIGHTLY);
    const before = JSON.stringify(fixture.cloud.schedules());
    let conflicts = 2;
    intercept(fixture.cloud.scheduler, async (command, next) => {
      if (command !== 'GetScheduleCommand' && conflicts-- > 0) throw named('ConflictException');
      return await next();
    });

    await change(fixture);

    expect(conflicts).toBe(-1);
    expect(JSON.stringify(fixture.cloud.schedules())).not.toBe(before);
  });
});

describe('upserting a schedule fails', () => {
  it.each([
    [
      'five fields',
      { cron: '0 8 * * 1' },
      /^schedule 'ada' needs six fields.*in AWS's fields it is 'cron\(0 8 \? \* 2 \*\)'/,
    ],
    [
      '* in both day fields',
      { cron: '0 8 * * * *' },
      /one of day-of-month and day-of-week must be \?.*write 'cron\(0 8 \* \* \? \*\)'/,
    ],
    ['day 8', { cron: '0 8 ? * 8 *' }, /day-of-week has '8', allowed is 1-7 or SUN-SAT/],
    [
      'an hour without a minute',
      { cron: '* 8 * * ? *' },
      /must say the minute beside the hour, got 'cron\(\* 8 /,
    ],
    [
      'an unknown zone',
      { timeZone: 'Mars/Base' },
      /the time zone must be a name of the IANA database.*got 'Mars\/Base'/,
    ],
    ['no zone', { timeZone: undefined }, /needs a time zone/],
    ['neither cron nor rate', { cron: undefined }, /cron or rate must be given, and only one, got neither/],
    ['cron and rate', { rate: '5m' }, /cron or rate must be given, and only one, got both/],
    ['a rate of zero', { cron: undefined, rate: '0m' }, /rate must be whole minutes from 1m, got '0m'/],
    [
      'a rate of half a minute',
      { cron: undefined, rate: '30s' },
      /rate must be whole minutes from 1m, got '30s'/,
    ],
    ['a rate that is no duration', { cron: undefined, rate: 'hourly' }, /rate must be a number followed by/],
    [
      'times that are past',
      { cron: '0 8 1 1 ? 2029' },
      /never fires: cron\(0 8 1 1 \? 2029\) has no time after 2030-01-01T12/,
    ],
    ['an end that is past', { end: new Date(START_MS - 1) }, /never fires.*until 2030-01-01T11:59:59/],
    [
      'an end before its start',
      { start: new Date(START_MS + 2), end: new Date(START_MS + 1) },
      /its end, .*must be after its start/,
    ],
    ['an invalid start', { start: new Date(Number.NaN) }, /start must be a date/],
    [
      'a window of more than a day',
      { flexibleWindow: '1441m' },
      /flexibleWindow must be whole minutes from 1 to 1440 \(a day\), got 1441/,
    ],
    [
      'a window of half a minute',
      { flexibleWindow: '30s' },
      /flexibleWindow must be whole minutes.*got 0\.5/,
    ],
    [
      'a lateness within its window',
      { flexibleWindow: '5m', maxLateness: '5m' },
      /maxLateness must be at least.*\(360s\), got 300s/,
    ],
    [
      'a group on a standard queue',
      { groupKey: 'a' },
      /groupKey must not be given, got 'a'.*FIFO queues only/,
    ],
    [
      'a name that Scheduler refuses',
      { key: 'tenant/1' },
      /key must be 1 to 60 of the characters.*got 'tenant\/1'/,
    ],
    ['a key that is too long', { key: 'x'.repeat(61) }, /key must be 1 to 60.*\(61 characters\)/],
    ['no key', { key: '' }, /key must be 1 to 60.*got '' \(0 characters\)/],
    ['another payload', { payload: { name: 1 } }, /payload of task 'greet'.*name: /],
    [
      'a payload that Scheduler cannot hold',
      { payload: { name: 'x'.repeat(262_144) } },
      /payload must leave the message at most 262144 bytes.*got 262\d\d\d/,
    ],
  ])('with %s', async (_, wrong, message) => {
    const { cloud, schedules } = await setUp();

    await expect(schedules.upsert({ ...NIGHTLY, ...wrong } as never)).rejects.toThrow(message);
    expect(cloud.schedules()).toEqual([]);
  });

  it('on a FIFO queue without a group', async () => {
    const { schedules } = await setUp({ fifo: true });

    await expect(schedules.upsert(NIGHTLY)).rejects.toThrow(/groupKey is required/);
  });

  it('where the function was not granted it', async () => {
    const cloud = await startCloud();
    const { schedules } = cloud.client([cloud.queue()]);

    await expect(schedules.upsert(NIGHTLY)).rejects.toThrow(
      /Nothing is known of schedules.*grantSchedule\(fn\)/,
    );
    await expect(schedules.list()).rejects.toThrow(
      /No queue is known that has schedules.*grantSchedule\(fn\)/,
    );
  });

  it('with what to do, when the quota of schedules is used up', async () => {
    const { cloud, schedules } = await setUp();
    intercept(cloud.scheduler, async (command, next) => {
      if (command === 'CreateScheduleCommand') throw named('ServiceQuotaExceededException');
      return await next();
    });

    await expect(schedules.upsert(NIGHTLY)).rejects.toThrow(/'Number of schedules' raised in Service Quotas/);
  });
});

describe('pausing a schedule', () => {
  it('has it fire nothing until it is resumed', async () => {
    const { cloud, queue, schedules } = await setUp();
    await schedules.upsert(NIGHTLY);

    expect(await schedules.pause('ada')).toMatchObject({ paused: true, nextTimes: [] });
    cloud.clock.advance(3 * DAY_MS);
    expect(cloud.messages(queue)).toEqual([]);

    const resumed = await schedules.resume('ada');
    expect(resumed).toMatchObject({ paused: false });
    expect(resumed.nextTimes[0]).toEqual(new Date(Date.UTC(2030, 0, 5, 2)));
    cloud.clock.advance(DAY_MS);
    expect(cloud.messages(queue)).toHaveLength(1);
  });

  it('keeps all else that it says', async () => {
    const { schedules } = await setUp();
    const settings = {
      end: new Date(START_MS + 9 * DAY_MS),
      flexibleWindow: '15m',
      overlap: 'skip',
    } as const;
    const before = await schedules.upsert({ ...NIGHTLY, ...settings });

    await schedules.pause('ada');
    await schedules.pause('ada');

    expect(await schedules.resume('ada')).toEqual(before);
  });

  it('keeps the times of a rate whose start has passed', async () => {
    const { cloud, queue, schedules } = await setUp();
    const start = new Date(START_MS + MINUTE_MS);
    await schedules.upsert({ ...HOURLY, start });
    cloud.clock.advance(31 * MINUTE_MS);
    cloud.messages(queue);

    await schedules.pause('ada');
    cloud.clock.advance(120 * MINUTE_MS);
    await schedules.resume('ada');
    const unchanged = record(cloud.scheduler);
    await schedules.upsert({ ...HOURLY, start });

    expect(unchanged.map(({ command }) => command)).toEqual(['GetScheduleCommand']);
    const { nextTimes } = (await schedules.get('ada')) ?? {};
    expect(nextTimes?.[0]).toEqual(new Date(START_MS + 181 * MINUTE_MS));
  });

  it('is possible when the start of its cron has passed, which then says nothing any more', async () => {
    const { cloud, schedules } = await setUp();
    const start = new Date(START_MS + MINUTE_MS);
    await schedules.upsert({ ...NIGHTLY, start });
    cloud.clock.advance(DAY_MS);

    expect(await schedules.pause('ada')).not.toHaveProperty('start');
    const calls = record(cloud.scheduler);
    expect(await schedules.upsert({ ...NIGHTLY, start })).toMatchObject({ paused: true });
    expect(calls.map(({ command }) => command)).toEqual(['GetScheduleCommand']);
  });

  test.each([
    'pause',
    'resume',
    'runNow',
  ] as const)('%s of a schedule that is not there fails', async verb => {
    const { schedules } = await setUp();

    await expect(schedules[verb]('nobody')).rejects.toThrow(/^There is no schedule 'nobody' in later/);
  });
});

describe('deleting a schedule', () => {
  it('answers whether there was one', async () => {
    const { cloud, schedules } = await setUp();
    await schedules.upsert(NIGHTLY);

    expect(await schedules.delete('ada')).toBe(true);
    expect(await schedules.delete('ada')).toBe(false);
    expect(await schedules.get('ada')).toBeUndefined();
    expect(cloud.schedules()).toEqual([]);
  });
});

describe('running a schedule now', () => {
  it('sends a run of its own that knows its schedule, and leaves its times as they are', async () => {
    const { cloud, client, queue, schedules } = await setUp();
    await schedules.upsert({ ...NIGHTLY, overlap: 'skip' });

    const first = await schedules.runNow('ada');
    const second = await schedules.runNow('ada');

    expect(second.runId).not.toBe(first.runId);
    expect(await client.getRun(first.runId)).toMatchObject({ status: 'queued', task: 'greet' });
    expect(cloud.messages(queue).map(envelopeOf)).toMatchObject(
      [first, second].map(({ runId }) => ({
        runId,
        task: 'greet',
        payload: ADA,
        schedule: { name: 'ada', at: '2030-01-01T12:00:00.000Z', overlap: 'skip' },
      })),
    );
    expect((await schedules.get('ada'))?.nextTimes[0]).toEqual(new Date(Date.UTC(2030, 0, 2, 2)));
  });

  it('sends to a FIFO queue in the schedule’s group', async () => {
    const { cloud, queue, schedules } = await setUp({ fifo: true });
    await schedules.upsert({ ...NIGHTLY, groupKey: 'nightly' });

    await schedules.runNow('ada');

    expect(cloud.messages(queue).map(({ attributes }) => attributes.MessageGroupId)).toEqual(['nightly']);
  });

  it('runs one that is paused', async () => {
    const { cloud, queue, schedules } = await setUp();
    await schedules.upsert(NIGHTLY);
    await schedules.pause('ada');

    await schedules.runNow('ada');

    expect(cloud.messages(queue)).toHaveLength(1);
  });
});

describe('listing schedules', () => {
  async function withMany() {
    const { cloud, queue } = await setUp();
    const wave = defineTask({ name: 'wave', payload: z.object({ name: z.string() }) });
    const other = cloud.schedulingQueue({ tasks: [wave.name] }, 'waves');
    const client = cloud.client([queue, other]);
    for (const key of ['a-1', 'a-2', 'b-1']) await client.schedules.upsert({ ...NIGHTLY, key });
    await client.schedules.upsert({ ...NIGHTLY, key: 'a-9', task: wave });
    await client.sendTask(greet, ADA, { delay: '1d' });
    return { cloud, schedules: client.schedules };
  }

  it('answers those of every queue, and no run that waits beside them', async () => {
    const { schedules } = await withMany();
    const keys: string[] = [];
    let cursor: string | undefined;

    do {
      const page = await schedules.list({ limit: 2, ...(cursor !== undefined && { cursor }) });
      keys.push(...page.schedules.map(({ key }) => key));
      cursor = page.cursor;
    } while (cursor !== undefined);

    expect(keys).toEqual(['a-1', 'a-2', 'b-1', 'a-9']);
  });

  it('answers those whose keys begin with a prefix', async () => {
    const { schedules } = await withMany();

    const page = await schedules.list({ prefix: 'a-' });

    expect(page.schedules.map(({ key }) => key)).toEqual(['a-1', 'a-2']);
  });

  it('leaves out what is deleted while it is read', async () => {
    const { cloud, schedules } = await withMany();
    intercept(cloud.scheduler, async (command, next) => {
      const answer = await next();
      if (command === 'ListSchedulesCommand') await schedules.delete('a-2');
      return answer;
    });

    const page = await schedules.list({ prefix: 'a-' });

    expect(page.schedules.map(({ key }) => key)).toEqual(['a-1']);
  });

  it.each([
    [{ limit: 0 }, /limit must be a whole number from 1 to 100, got 0/],
    [{ limit: 101 }, /limit must be .* got 101/],
    [{ cursor: 'x' }, /cursor must be one that schedules.list answered.*got 'x'/],
    [{ prefix: 'a b' }, /key must be 1 to 60.*got 'a b'/],
  ])('with %j fails', async (options, message) => {
    const { schedules } = await withMany();

    await expect(schedules.list(options)).rejects.toThrow(message);
  });
});

test('a schedule of the group that no upsert made is told apart', async () => {
  const { cloud, queue, schedules } = await setUp();
  await schedules.upsert(NIGHTLY);
  intercept(cloud.scheduler, async (command, next) => {
    const answer = await next();
    return command === 'GetScheduleCommand'
      ? { ...answer, Target: { Arn: queue.schedules?.queue, Input: '{"task":"greet"}' } }
      : answer;
  });

  await expect(schedules.get('ada')).rejects.toThrow(
    /schedule key.ada of group later is not one that schedules.upsert made/,
  );
});
