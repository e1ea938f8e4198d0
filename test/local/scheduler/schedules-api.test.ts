import { expect, test } from 'vitest';
import { errorOf } from '../sqs/sqs-fixture.ts';
import { DEAD_ARN, FUNCTION_ARN, QUEUE_ARN, scheduleOf, startScheduler } from './scheduler-fixture.ts';

const NOW = '2026-11-25T12:00:00Z';
const DAILY = 'cron(0 8 * * ? *)';

// https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateSchedule.html
test('CreateSchedule and GetSchedule: a schedule is answered as it was asked for, with its defaults', async () => {
  const { scheduler } = await startScheduler(NOW);

  const { ScheduleArn } = await scheduler.createSchedule(scheduleOf(DAILY));

  expect(ScheduleArn).toBe('arn:aws:scheduler:eu-west-1:123456789012:schedule/default/nightly');
  const { $metadata, ...schedule } = await scheduler.getSchedule({ Name: 'nightly' });
  expect(schedule).toEqual({
    Arn: ScheduleArn,
    Name: 'nightly',
    GroupName: 'default',
    ScheduleExpression: DAILY,
    ScheduleExpressionTimezone: 'UTC',
    State: 'ENABLED',
    ActionAfterCompletion: 'NONE',
    FlexibleTimeWindow: { Mode: 'OFF' },
    CreationDate: new Date(NOW),
    LastModificationDate: new Date(NOW),
    Target: {
      Arn: QUEUE_ARN,
      RoleArn: 'arn:aws:iam::123456789012:role/scheduler',
      Input: 'hello',
      RetryPolicy: { MaximumEventAgeInSeconds: 86_400, MaximumRetryAttempts: 185 },
    },
  });
});

test('everything that a schedule can be given comes back', async () => {
  const { scheduler } = await startScheduler(NOW);
  await scheduler.createScheduleGroup({ Name: 'jobs' });
  const given = scheduleOf('cron(0 8 ? * MON-FRI *)', {
    GroupName: 'jobs',
    Description: 'before work',
    ScheduleExpressionTimezone: 'Europe/Paris',
    StartDate: new Date('2026-12-01T00:00:00Z'),
    EndDate: new Date('2027-12-01T00:00:00Z'),
    State: 'DISABLED',
    ActionAfterCompletion: 'DELETE',
    FlexibleTimeWindow: { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 15 },
    target: {
      Arn: `${QUEUE_ARN}.fifo`,
      SqsParameters: { MessageGroupId: 'one' },
      DeadLetterConfig: { Arn: DEAD_ARN },
      RetryPolicy: { MaximumEventAgeInSeconds: 60, MaximumRetryAttempts: 0 },
    },
  });

  await scheduler.createSchedule(given);

  expect(await scheduler.getSchedule({ Name: 'nightly', GroupName: 'jobs' })).toMatchObject(given);
});

// https://docs.aws.amazon.com/scheduler/latest/APIReference/API_UpdateSchedule.html
test('UpdateSchedule gives what is not given its default', async () => {
  const { scheduler, clock } = await startScheduler(NOW);
  await scheduler.createSchedule(scheduleOf(DAILY, { State: 'DISABLED', Description: 'before' }));
  clock.advance(60_000);

  await scheduler.updateSchedule(scheduleOf('rate(1 hour)'));

  const updated = await scheduler.getSchedule({ Name: 'nightly' });
  expect(updated).toMatchObject({ ScheduleExpression: 'rate(1 hour)', State: 'ENABLED' });
  expect(updated.Description).toBeUndefined();
  expect(updated.CreationDate).toEqual(new Date(NOW));
  expect(updated.LastModificationDate).toEqual(new Date('2026-11-25T12:01:00Z'));
});

test.each([
  ['createSchedule', 'cron(0 8 * * ? *)'],
  ['updateSchedule', 'rate(1 hour)'],
] as const)('%s refuses a start of more than five minutes ago', async (verb, expression) => {
  const { scheduler, clock } = await startScheduler(NOW);
  const StartDate = new Date('2026-11-25T12:00:00Z');
  await scheduler.createSchedule(scheduleOf(expression, { StartDate }));
  const again = scheduleOf(expression, { StartDate, ...(verb === 'createSchedule' && { Name: 'again' }) });
  clock.advance(300_000);
  await scheduler[verb](again);
  clock.advance(1);

  expect(await errorOf(scheduler[verb](again))).toMatchObject({
    name: 'ValidationException',
    message: 'The StartDate you specify cannot be earlier than 5 minutes ago.',
  });
});

test('the start of a one-time schedule is ignored', async () => {
  const { scheduler } = await startScheduler(NOW);

  await scheduler.createSchedule(
    scheduleOf('at(2026-12-01T08:00:00)', { StartDate: new Date('2020-01-01T00:00:00Z') }),
  );

  expect((await scheduler.listSchedules({})).Schedules).toHaveLength(1);
});

test('DeleteSchedule ends a schedule', async () => {
  const { scheduler, clock, sent } = await startScheduler(NOW);
  await scheduler.createSchedule(scheduleOf(DAILY));

  await scheduler.deleteSchedule({ Name: 'nightly' });

  clock.advance(7 * 86_400_000);
  expect(sent).toEqual([]);
  expect(await errorOf(scheduler.getSchedule({ Name: 'nightly' }))).toMatchObject({
    name: 'ResourceNotFoundException',
    message: 'Schedule nightly does not exist.',
  });
});

test('names are taken once in a group', async () => {
  const { scheduler } = await startScheduler(NOW);
  await scheduler.createSchedule(scheduleOf(DAILY));
  await scheduler.createScheduleGroup({ Name: 'other' });

  expect(await errorOf(scheduler.createSchedule(scheduleOf(DAILY)))).toMatchObject({
    name: 'ConflictException',
    message: 'Schedule nightly already exists.',
  });
  await scheduler.createSchedule(scheduleOf(DAILY, { GroupName: 'other' }));
});

test('a repeated request with its ClientToken gets the same answer, and another one with it a conflict', async () => {
  const { scheduler } = await startScheduler(NOW);
  const request = scheduleOf(DAILY, { ClientToken: 'token-1' });

  const first = await scheduler.createSchedule(request);
  expect((await scheduler.createSchedule(request)).ScheduleArn).toBe(first.ScheduleArn);
  expect(await errorOf(scheduler.createSchedule({ ...request, Name: 'other' }))).toMatchObject({
    name: 'ConflictException',
  });

  await scheduler.deleteSchedule({ Name: 'nightly', ClientToken: 'token-2' });
  await scheduler.deleteSchedule({ Name: 'nightly', ClientToken: 'token-2' });
  expect((await errorOf(scheduler.deleteSchedule({ Name: 'nightly' }))).name).toBe(
    'ResourceNotFoundException',
  );
});

test.each([
  ['updateSchedule', scheduleOf(DAILY)],
  ['deleteSchedule', { Name: 'nightly' }],
  ['getSchedule', { Name: 'nightly', GroupName: 'nowhere' }],
  ['listSchedules', { GroupName: 'nowhere' }],
  ['getScheduleGroup', { Name: 'nowhere' }],
  ['deleteScheduleGroup', { Name: 'nowhere' }],
  ['createSchedule', scheduleOf(DAILY, { GroupName: 'nowhere' })],
] as const)('%s fails on what does not exist', async (method, input) => {
  const { scheduler } = await startScheduler(NOW);
  const call: Promise<unknown> = Reflect.apply(scheduler[method], scheduler, [input]);

  expect((await errorOf(call)).name).toBe('ResourceNotFoundException');
});

test.each([
  [scheduleOf('cron(0 8 * * *)'), "in AWS's fields it is 'cron(0 8 * * ? *)'"],
  [scheduleOf('rate(1 minutes)'), "here 'rate(1 minute)'"],
  [scheduleOf(DAILY, { ScheduleExpressionTimezone: 'Mars/Olympus' }), "got 'Mars/Olympus'"],
  [
    scheduleOf('at(2026-11-25T11:59:59)'),
    'ScheduleExpression must be a time to come, got at(2026-11-25T11:59:59)',
  ],
  [
    scheduleOf(DAILY, { Name: 'a b' }),
    "Name must be 1 to 64 of the characters 0-9, a-z, A-Z, -, _ and .; got 'a b'",
  ],
  [
    scheduleOf(DAILY, { FlexibleTimeWindow: { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 1441 } }),
    'FlexibleTimeWindow.MaximumWindowInMinutes must be whole minutes from 1 to 1440 (a day), got 1441',
  ],
  [
    scheduleOf(DAILY, { FlexibleTimeWindow: { Mode: 'FLEXIBLE' } }),
    'FlexibleTimeWindow.MaximumWindowInMinutes is missing',
  ],
  [
    scheduleOf(DAILY, { FlexibleTimeWindow: { Mode: 'OFF', MaximumWindowInMinutes: 5 } }),
    'FlexibleTimeWindow.MaximumWindowInMinutes needs the mode FLEXIBLE, got 5 with OFF',
  ],
  [
    scheduleOf(DAILY, { StartDate: new Date('2027-01-02'), EndDate: new Date('2027-01-01') }),
    'EndDate must be after StartDate, got 2027-01-01T00:00:00.000Z and 2027-01-02T00:00:00.000Z',
  ],
  [
    scheduleOf(DAILY, { target: { RoleArn: 'scheduler' } }),
    'Target.RoleArn must be the ARN of a role, got scheduler',
  ],
  [
    scheduleOf(DAILY, { target: { Arn: 'arn:aws:ecs:eu-west-1:123456789012:cluster/c' } }),
    'the local engine has no other targets',
  ],
  [
    scheduleOf(DAILY, { target: { EcsParameters: { TaskDefinitionArn: 'a' } } }),
    'EcsParameters is not supported',
  ],
  [
    scheduleOf(DAILY, { target: { Arn: `${QUEUE_ARN}.fifo` } }),
    'Target.SqsParameters.MessageGroupId is missing',
  ],
  [
    scheduleOf(DAILY, { target: { Arn: FUNCTION_ARN } }),
    'Target.Input must be JSON for a function, got hello',
  ],
  [
    scheduleOf(DAILY, { target: { Input: 'x'.repeat(262_145) } }),
    'Target.Input must be at most 262144 bytes, got 262145',
  ],
  [
    scheduleOf(DAILY, { target: { DeadLetterConfig: { Arn: `${DEAD_ARN}.fifo` } } }),
    'must be the ARN of a standard queue',
  ],
  [
    scheduleOf(DAILY, { target: { RetryPolicy: { MaximumRetryAttempts: 186 } } }),
    'Target.RetryPolicy.MaximumRetryAttempts must be a whole number from 0 to 185, got 186',
  ],
  [
    scheduleOf(DAILY, { target: { RetryPolicy: { MaximumEventAgeInSeconds: 59 } } }),
    'Target.RetryPolicy.MaximumEventAgeInSeconds must be a whole number from 60 to 86400, got 59',
  ],
])('a schedule is refused with what is wrong (%#)', async (input, problem) => {
  const { scheduler } = await startScheduler(NOW);

  const error = await errorOf(scheduler.createSchedule(input));

  expect(error.name).toBe('ValidationException');
  expect(error.message).toContain(problem);
});

// https://docs.aws.amazon.com/scheduler/latest/APIReference/API_ListSchedules.html
test('ListSchedules: by group, prefix and state, in pages', async () => {
  const { scheduler } = await startScheduler(NOW);
  await scheduler.createScheduleGroup({ Name: 'jobs' });
  for (const Name of ['b-2', 'b-1', 'a-1']) await scheduler.createSchedule(scheduleOf(DAILY, { Name }));
  await scheduler.createSchedule(scheduleOf(DAILY, { Name: 'c-1', GroupName: 'jobs', State: 'DISABLED' }));
  const names = async (input: object) =>
    (await scheduler.listSchedules(input)).Schedules?.map(({ Name }) => Name);

  expect(await names({})).toEqual(['a-1', 'b-1', 'b-2', 'c-1']);
  expect(await names({ GroupName: 'jobs' })).toEqual(['c-1']);
  expect(await names({ NamePrefix: 'b' })).toEqual(['b-1', 'b-2']);
  expect(await names({ State: 'DISABLED' })).toEqual(['c-1']);
  const first = await scheduler.listSchedules({ MaxResults: 3 });
  expect(first.Schedules?.[0]).toMatchObject({
    Name: 'a-1',
    GroupName: 'default',
    State: 'ENABLED',
    Target: { Arn: QUEUE_ARN },
  });
  expect(await names({ NextToken: first.NextToken })).toEqual(['c-1']);
});

// https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateScheduleGroup.html
test('groups: CreateScheduleGroup, GetScheduleGroup, ListScheduleGroups, and DeleteScheduleGroup with all its schedules', async () => {
  const { scheduler } = await startScheduler(NOW);

  const { ScheduleGroupArn } = await scheduler.createScheduleGroup({ Name: 'jobs' });

  expect(ScheduleGroupArn).toBe('arn:aws:scheduler:eu-west-1:123456789012:schedule-group/jobs');
  expect((await errorOf(scheduler.createScheduleGroup({ Name: 'jobs' }))).name).toBe('ConflictException');
  expect(await scheduler.getScheduleGroup({ Name: 'jobs' })).toMatchObject({
    Arn: ScheduleGroupArn,
    State: 'ACTIVE',
    CreationDate: new Date(NOW),
  });
  expect((await scheduler.listScheduleGroups({})).ScheduleGroups?.map(({ Name }) => Name)).toEqual([
    'default',
    'jobs',
  ]);
  await scheduler.createSchedule(scheduleOf(DAILY, { GroupName: 'jobs' }));
  await scheduler.deleteScheduleGroup({ Name: 'jobs' });
  expect((await scheduler.listSchedules({})).Schedules).toEqual([]);
  expect((await errorOf(scheduler.deleteScheduleGroup({ Name: 'default' }))).name).toBe(
    'ValidationException',
  );
});

// https://docs.aws.amazon.com/scheduler/latest/UserGuide/scheduler-quotas.html
test('the 501st group is over the quota', async () => {
  const { scheduler, service } = await startScheduler(NOW);
  for (let index = 1; index < 500; index++) service.createGroup(`group-${index}`);

  expect((await errorOf(scheduler.createScheduleGroup({ Name: 'one-more' }))).name).toBe(
    'ServiceQuotaExceededException',
  );
});

test('groups have tags: TagResource, UntagResource, ListTagsForResource', async () => {
  const { scheduler } = await startScheduler(NOW);
  const { ScheduleGroupArn: ResourceArn } = await scheduler.createScheduleGroup({
    Name: 'jobs',
    Tags: [{ Key: 'team', Value: 'shop' }],
  });
  await scheduler.tagResource({
    ResourceArn,
    Tags: [
      { Key: 'stage', Value: 'dev' },
      { Key: 'cost', Value: '7' },
    ],
  });
  await scheduler.untagResource({ ResourceArn, TagKeys: ['team', 'cost'] });

  expect((await scheduler.listTagsForResource({ ResourceArn })).Tags).toEqual([
    { Key: 'stage', Value: 'dev' },
  ]);
});
