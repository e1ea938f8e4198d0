import { expect, test } from 'vitest';
import type { FiringFault } from '../../../local/faults/fault.ts';
import { AccessDenied } from '../../../local/permissions/access-denied.ts';
import { SqsError } from '../../../local/sqs/sqs-error.ts';
import { scheduleTable } from '../../contract/schedule/schedule-table.ts';
import { DEAD_ARN, FUNCTION_ARN, QUEUE_ARN, scheduleOf, startScheduler } from './scheduler-fixture.ts';

const NOW = '2026-11-25T12:00:00Z';
const broken = () => new SqsError('InternalFailure', 'out of order');

// https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
test.each(scheduleTable)('fires as documented: $shows, $expression in $timeZone after $after', async row => {
  const { scheduler, clock, times, until } = await startScheduler(row.after);
  clock.advance(1);
  await scheduler.createSchedule(scheduleOf(row.expression, { ScheduleExpressionTimezone: row.timeZone }));

  until(row.times.at(-1) ?? '2200-01-01T00:00:00Z');

  expect(times()).toEqual(row.times);
});

test('a rate without a start fires at once, and then at its interval', async () => {
  const { scheduler, clock, times } = await startScheduler('2026-11-25T12:00:30Z');
  await scheduler.createSchedule(scheduleOf('rate(5 minutes)'));

  clock.advance(11 * 60_000);

  expect(times()).toEqual([
    '2026-11-25T12:00:30.000Z',
    '2026-11-25T12:05:30.000Z',
    '2026-11-25T12:10:30.000Z',
  ]);
});

test('a rate with a start counts from there, until its end', async () => {
  const { scheduler, clock, times } = await startScheduler(NOW);
  const period = { StartDate: new Date('2026-11-25T14:00:00Z'), EndDate: new Date('2026-11-25T14:40:00Z') };
  await scheduler.createSchedule(scheduleOf('rate(20 minutes)', period));

  clock.advance(86_400_000);

  expect(times()).toEqual([
    '2026-11-25T14:00:00.000Z',
    '2026-11-25T14:20:00.000Z',
    '2026-11-25T14:40:00.000Z',
  ]);
});

// https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-delete.html
test('a one-time schedule fires once and stays, unless it deletes itself', async () => {
  const { scheduler, clock, times } = await startScheduler(NOW);
  await scheduler.createSchedule(scheduleOf('at(2026-11-25T13:30:00)', { Name: 'stays' }));
  await scheduler.createSchedule(
    scheduleOf('at(2026-11-25T13:45:00)', { Name: 'goes', ActionAfterCompletion: 'DELETE' }),
  );

  clock.advance(86_400_000);

  expect(times()).toEqual(['2026-11-25T13:30:00.000Z', '2026-11-25T13:45:00.000Z']);
  expect((await scheduler.listSchedules({})).Schedules?.map(({ Name }) => Name)).toEqual(['stays']);
});

test('a one-time schedule that has fired fires again when it gets another time', async () => {
  const { scheduler, clock, times } = await startScheduler(NOW);
  await scheduler.createSchedule(scheduleOf('at(2026-11-25T13:00:00)'));
  clock.advance(3_600_000);

  await scheduler.updateSchedule(scheduleOf('at(2026-11-25T15:00:00)'));
  clock.advance(86_400_000);

  expect(times()).toEqual(['2026-11-25T13:00:00.000Z', '2026-11-25T15:00:00.000Z']);
});

test('a recurring schedule deletes itself after its last time', async () => {
  const { scheduler, clock, sent } = await startScheduler(NOW);
  const EndDate = new Date('2026-11-26T12:00:00Z');
  await scheduler.createSchedule(
    scheduleOf('cron(0 8 * * ? *)', { EndDate, ActionAfterCompletion: 'DELETE' }),
  );

  clock.advance(86_400_000);

  expect(sent).toHaveLength(1);
  expect((await scheduler.listSchedules({})).Schedules).toEqual([]);
});

test('a disabled schedule does not fire; enabled again, it goes on and makes up for nothing', async () => {
  const { scheduler, clock, times } = await startScheduler(NOW);
  await scheduler.createSchedule(scheduleOf('cron(0 * * * ? *)', { State: 'DISABLED' }));
  clock.advance(3 * 3_600_000);
  expect(times()).toEqual([]);

  await scheduler.updateSchedule(scheduleOf('cron(0 * * * ? *)'));
  clock.advance(3_600_000);

  expect(times()).toEqual(['2026-11-25T15:00:00.000Z', '2026-11-25T16:00:00.000Z']);
});

// https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-flexible-time-windows.html
test('a flexible window puts a firing off by whole minutes within it, always the same for the same time', async () => {
  const offsets = async () => {
    const { scheduler, clock, sent } = await startScheduler('2026-11-25T00:00:01Z');
    const FlexibleTimeWindow = { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 15 } as const;
    const target = { Input: '<aws.scheduler.scheduled-time>' };
    await scheduler.createSchedule(scheduleOf('cron(0 * * * ? *)', { FlexibleTimeWindow, target }));
    clock.advance(25 * 3_600_000);
    return sent.slice(0, 24).map(({ at, message }) => {
      const { MessageBody } = message as { MessageBody: string };
      return (Date.parse(at) - Date.parse(MessageBody)) / 60_000;
    });
  };

  const minutes = await offsets();

  expect(minutes.every(offset => Number.isInteger(offset) && offset >= 0 && offset < 15)).toBe(true);
  expect(new Set(minutes).size).toBeGreaterThan(5);
  expect(await offsets()).toEqual(minutes);
});

// https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html
test('context attributes in the input are replaced; the execution id is another one at each attempt', async () => {
  const { scheduler, clock, sent, failures } = await startScheduler(NOW);
  const Input =
    '<aws.scheduler.schedule-arn> <aws.scheduler.scheduled-time> <aws.scheduler.attempt-number> <aws.scheduler.execution-id> <aws.scheduler.constructor>';
  await scheduler.createSchedule(scheduleOf('cron(0 13,14 * * ? *)', { target: { Input } }));
  clock.advance(3_600_000);
  failures.push(broken());
  clock.advance(3_601_000);

  const bodies = sent.map(({ message }) => (message as { MessageBody: string }).MessageBody.split(' '));

  const arn = 'arn:aws:scheduler:eu-west-1:123456789012:schedule/default/nightly';
  expect(bodies).toEqual([
    [
      arn,
      '2026-11-25T13:00:00Z',
      '1',
      expect.stringMatching(/^[0-9a-f]{16}$/),
      '<aws.scheduler.constructor>',
    ],
    [
      arn,
      '2026-11-25T14:00:00Z',
      '2',
      expect.stringMatching(/^[0-9a-f]{16}$/),
      '<aws.scheduler.constructor>',
    ],
  ]);
  expect(bodies[0]?.[3]).not.toBe(bodies[1]?.[3]);
});

// https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-targets-templated.html
test('targets: a queue with a message group, SendMessage with all its parameters, a function', async () => {
  const { scheduler, clock, sent } = await startScheduler(NOW);
  const at = 'at(2026-11-25T13:00:00)';
  const create = (Name: string, target: object) => scheduler.createSchedule(scheduleOf(at, { Name, target }));
  await create('a', { Arn: `${QUEUE_ARN}.fifo`, SqsParameters: { MessageGroupId: 'one' } });
  const message = {
    MessageBody: 'hello',
    MessageAttributes: { a: { DataType: 'String', StringValue: 'b' } },
  };
  await create('b', {
    Arn: 'arn:aws:scheduler:::aws-sdk:sqs:sendMessage',
    Input: JSON.stringify({ QueueUrl: 'http://127.0.0.1/123456789012/tasks', ...message }),
  });
  await create('c', { Arn: FUNCTION_ARN, Input: '{"a":1}' });
  await create('d', { Arn: FUNCTION_ARN, Input: undefined });

  clock.advance(3_600_000);

  expect(sent.map(({ arn, message }) => [arn, message])).toEqual([
    [`${QUEUE_ARN}.fifo`, { MessageBody: 'hello', MessageGroupId: 'one' }],
    [QUEUE_ARN, message],
    [FUNCTION_ARN, { a: 1 }],
    [
      FUNCTION_ARN,
      expect.objectContaining({
        source: 'aws.scheduler',
        'detail-type': 'Scheduled Event',
        resources: ['arn:aws:scheduler:eu-west-1:123456789012:schedule/default/d'],
        time: '2026-11-25T13:00:00Z',
      }),
    ],
  ]);
});

// https://docs.aws.amazon.com/scheduler/latest/APIReference/API_RetryPolicy.html
test('what fails for a while is tried again, with growing delays', async () => {
  const { scheduler, clock, times, failures } = await startScheduler(NOW);
  await scheduler.createSchedule(scheduleOf('at(2026-11-25T13:00:00)'));
  failures.push(broken(), broken(), broken());

  clock.advance(2 * 3_600_000);

  expect(times()).toEqual(['2026-11-25T13:00:07.000Z']);
});

const deadLetterOf = (message: unknown) => {
  const { MessageBody, MessageAttributes } = message as {
    MessageBody: string;
    MessageAttributes: Record<string, { DataType: string; StringValue: string }>;
  };
  const values = Object.entries(MessageAttributes).map(([name, { StringValue }]) => [name, StringValue]);
  return { body: MessageBody, ...Object.fromEntries(values) };
};

test.each([
  ['retries', { MaximumRetryAttempts: 2 }, '2', 'MaximumRetryAttempts'],
  ['age', { MaximumEventAgeInSeconds: 60 }, '5', 'MaximumEventAgeInSeconds'],
] as const)('a firing whose %s are used up is dead-lettered, with why in its attributes', async (_, RetryPolicy, retries, condition) => {
  const { scheduler, clock, sent, failures } = await startScheduler(NOW);
  const target = { DeadLetterConfig: { Arn: DEAD_ARN }, RetryPolicy };
  await scheduler.createSchedule(scheduleOf('at(2026-11-25T13:00:00)', { target }));
  failures.push(...Array.from({ length: Number(retries) + 1 }, broken));

  clock.advance(86_400_000);

  expect(sent.map(({ arn, message }) => ({ arn, ...deadLetterOf(message) }))).toEqual([
    {
      arn: DEAD_ARN,
      body: 'hello',
      ERROR_CODE: 'InternalFailure',
      ERROR_MESSAGE: 'out of order',
      EXECUTION_ID: expect.stringMatching(/^[0-9a-f]{16}$/),
      EXHAUSTED_RETRY_CONDITION: condition,
      IS_PAYLOAD_TRUNCATED: 'false',
      RETRY_ATTEMPTS: retries,
      SCHEDULED_TIME: '2026-11-25T13:00:00Z',
      SCHEDULE_ARN: 'arn:aws:scheduler:eu-west-1:123456789012:schedule/default/nightly',
      TARGET_ARN: QUEUE_ARN,
    },
  ]);
});

test.each([
  [
    'a queue that is gone',
    new SqsError('QueueDoesNotExist', 'gone'),
    'AWS.SimpleQueueService.NonExistentQueue',
  ],
  [
    'a role that may not send',
    new AccessDenied({ caller: 'c', action: 'a', resource: 'r', reason: 'b' }),
    'AccessDenied',
  ],
])('%s dead-letters at once: it would be so the next time', async (_, error, code) => {
  const { scheduler, clock, sent, failures } = await startScheduler(NOW);
  const target = { DeadLetterConfig: { Arn: DEAD_ARN } };
  await scheduler.createSchedule(scheduleOf('at(2026-11-25T13:00:00)', { target }));
  failures.push(error);

  clock.advance(3_600_000);

  expect(sent.map(({ message }) => deadLetterOf(message))).toMatchObject([
    { ERROR_CODE: code, RETRY_ATTEMPTS: '0' },
  ]);
  expect(sent.map(({ message }) => deadLetterOf(message))[0]).not.toHaveProperty('EXHAUSTED_RETRY_CONDITION');
});

test('Scheduler can be made to fire twice, and late', async () => {
  const faults: (FiringFault | undefined)[] = [
    { schedule: 'nightly', kind: 'duplicate' },
    { schedule: 'nightly', kind: 'duplicate', afterMs: 30_000 },
    { schedule: 'nightly', kind: 'late', afterMs: 90_000 },
  ];
  const { scheduler, clock, sent } = await startScheduler(NOW, name =>
    name === 'nightly' ? faults.shift() : undefined,
  );
  await scheduler.createSchedule(
    scheduleOf('cron(30 * * * ? *)', { target: { Input: '<aws.scheduler.scheduled-time>' } }),
  );

  clock.advance(4 * 3_600_000);

  expect(
    sent.map(({ at, message }) => [
      at.slice(11, 19),
      (message as { MessageBody: string }).MessageBody.slice(11),
    ]),
  ).toEqual([
    ['12:30:00', '12:30:00Z'],
    ['12:30:00', '12:30:00Z'],
    ['13:30:00', '13:30:00Z'],
    ['13:30:30', '13:30:00Z'],
    ['14:31:30', '14:30:00Z'],
    ['15:30:00', '15:30:00Z'],
  ]);
});

test('five thousand schedules take one timer, and each fires at its time', async () => {
  const { service, clock, sent } = await startScheduler(NOW);
  for (let index = 0; index < 5000; index++) {
    const at = new Date(Date.parse(NOW) + ((index * 7919) % 5000) * 60_000 + 60_000)
      .toISOString()
      .slice(0, 19);
    service.createSchedule({ ...scheduleOf(`at(${at})`, { Name: `s-${index}`, target: { Input: at } }) });
  }
  expect(clock.timers()).toBe(1);

  clock.advance(5001 * 60_000);

  expect(sent).toHaveLength(5000);
  for (const { at, message } of sent) expect(message).toEqual({ MessageBody: at.slice(0, 19) });
});
